import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { Chat } from '../../src/core/chat.ts'
import { type AccountNews, openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { startRedis } from '../support/engines/index.ts'
import { startProxy } from '../support/proxy.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { briefly } from './two-nodes.ts'

// Two nodes on one Redis, the first of which is cut off from it when somebody comes to it.

const { engine: redis, ...started } = await startRedis()
after(() => started[Symbol.asyncDispose]())

const fail = (error: unknown) => assert.fail(String(error))

async function cutOff(t: TestContext) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const proxy = await startProxy(t, { host: '127.0.0.1', port: redis.port })
  let isDown = false
  const open = async (port: number) => {
    const bus = await RedisBus.open({
      url: `redis://127.0.0.1:${port}`,
      cluster: t.name,
      onError: fail,
      onDown: () => {
        isDown = true
      },
    })
    t.after(() => bus.close())
    return { bus, chat: new Chat({ store, bus, clock: systemClock(), maxMessageBytes: 100 }) }
  }
  const [near, far] = [await open(proxy.port), await open(redis.port)]
  const feeds = openFeeds({ ...near, onError: fail })
  const ann = await far.chat.accounts.register({ username: 'ann', password: PASSWORD })
  const { conversation } = await far.chat.conversations.createOpen(ann.accountId, null)
  const standing = await far.chat.conversations.enter(ann, conversation)
  proxy.cut('stay')
  await until('the loss', () => isDown)
  return {
    feeds,
    ann,
    conversation,
    far: far.chat,
    say: (body: string) => far.chat.messages.send(ann, standing, { body }),
    reconnect: () => proxy.restore(),
  }
}

test('a conversation first followed during an outage: all that was said since is told after it', async (t) => {
  const { feeds, conversation, say, reconnect } = await cutOff(t)
  const { conversationId } = conversation
  await say('before')
  await feeds.ready(conversationId)
  const heard: string[] = []
  feeds.follow(conversationId, (event) => heard.push(briefly(event)))
  await say('during')
  await say('and again')
  reconnect()
  await until('what was said', () => heard.length === 2)
  await say('after')
  await until('what is said now', () => heard.length === 3)
  assert.deepEqual(heard, ['during', 'and again', 'after'])
})

test('an account first followed during an outage is reviewed as after one', async (t) => {
  const { feeds, ann, conversation, far, reconnect } = await cutOff(t)
  const heard: AccountNews[] = []
  feeds.followAccount(ann.accountId, (news) => heard.push(news))
  await far.conversations.leave(ann.accountId, conversation)
  reconnect()
  await until('the review', () => heard.length > 0)
  const { credentialsSince } = ann
  assert.deepEqual(heard, [
    {
      type: 'account.reviewed',
      accountId: ann.accountId,
      credentialsSince,
      conversationIds: new Set(),
      isAfterOutage: true,
    },
  ])
})
