import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { topic } from '../../src/bus/bus.ts'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { MAX_PARCEL_BYTES } from '../../src/bus/redis/outbox.ts'
import { askRedis, startRedis } from '../support/engines/index.ts'
import { until } from '../support/until.ts'
import { busConformance } from './conformance.ts'

// The rights that docs/growing.md tells an operator to give: enough for all that a node does.

const { engine, ...started } = await startRedis()
after(() => started[Symbol.asyncDispose]())

const page = readFileSync(join(import.meta.dirname, '../../../docs/growing.md'), 'utf8')
const [, rights = ''] = /^ACL SETUSER parlance (on >password[^`]+)$/m.exec(page) ?? []
await askRedis(engine, 'ACL', 'SETUSER', 'parlance', ...rights.trim().split(/\s+/))
const url = `redis://parlance:password@127.0.0.1:${engine.port}/3`

busConformance('a Redis whose user has no right more than is documented', (onError) =>
  RedisBus.open({ url, cluster: randomUUID(), onError }),
)

test('large news, presence over nodes, the dead and what is kept need no right more, and none is refused', async (t) => {
  const cluster = randomUUID()
  const onError = (error: unknown) => assert.fail(String(error))
  const open = () => RedisBus.open({ url, cluster, onError })
  const [here, there] = [await open(), await open()]
  t.after(() => Promise.all([here.close(), there.close()]))
  const large = topic<string>('large')
  const heard: string[] = []
  there.subscribe(large, (news) => heard.push(news))
  await there.settled(large)
  here.publish(large, 'x'.repeat(2 * MAX_PARCEL_BYTES))
  await until('the news', () => heard.length === 1)
  await here.presence.enter('s', 'ann', 'about ann')
  assert.deepEqual([...(await there.presence.members('s'))], [['ann', 'about ann']])
  assert.deepEqual(await there.presence.names('s'), ['s'])
  assert.equal(await there.presence.countHolders('s'), 1)
  await here.presence.leave('s', 'ann')
  assert.equal(await there.presence.count('s'), 0)
  here.keep(large, 'kept', 60_000)
  await until('what is kept', async () => (await there.kept(large))?.news === 'kept')
  const refused = (await askRedis(engine, 'ACL', 'LOG')) as unknown[]
  assert.deepEqual(refused, [])
})
