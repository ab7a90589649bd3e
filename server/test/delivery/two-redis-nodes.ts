import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { RedisBus } from '../../src/bus/redis/index.ts'
import { Chat } from '../../src/core/chat.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import type { RedisNodes } from '../support/redis-nodes.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Two nodes on that Redis, one of which the test can cut off from it, and somebody in an open conversation. */
export async function twoRedisNodes(t: TestContext, nodes: RedisNodes, onDown: () => void = () => undefined) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const nodeWith = (bus: RedisBus) => ({
    bus,
    chat: new Chat({ store, bus, clock: systemClock(), maxMessageBytes: 100 }),
  })
  const { bus, proxy } = await nodes.openBehindProxy(t, { onDown })
  const [steady, cuttable] = [nodeWith(await nodes.open(t)), nodeWith(bus)]
  const ann = await steady.chat.accounts.register({ username: 'ann', password: PASSWORD })
  const { conversation } = await steady.chat.conversations.createOpen(ann.accountId, null)
  const standing = await steady.chat.conversations.enter(ann, conversation)
  return { steady, cuttable, proxy, ann, conversation, standing }
}
