import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import { topic } from '../../src/bus/bus.ts'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { MAX_PARCEL_BYTES } from '../../src/bus/redis/outbox.ts'
import { startRedisCluster } from '../support/engines/index.ts'
import { until } from '../support/until.ts'
import { busConformance } from './conformance.ts'

const { shards, ...started } = await startRedisCluster()
after(() => started[Symbol.asyncDispose]())
const url = shards[0]?.url ?? assert.fail()

busConformance('a Redis Cluster', (onError) => RedisBus.open({ url, cluster: randomUUID(), onError }))

const TOPICS = Array.from({ length: 30 }, (_, n) =>
  topic<string>(n === 7 ? 'with {braces} and 7%' : `topic ${n}`),
)

async function open(t: TestContext): Promise<RedisBus> {
  const bus = await RedisBus.open({ url, cluster: t.name, onError: (error) => assert.fail(String(error)) })
  t.after(() => bus.close())
  await bus.ping()
  return bus
}

test('topics and sets on every shard work as on one server', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard = new Map<string, string[]>(TOPICS.map(({ name }) => [name, []]))
  for (const each of TOPICS) there.subscribe(each, (news) => heard.get(each.name)?.push(news))
  await Promise.all(TOPICS.map((each) => there.settled(each)))
  const large = 'x'.repeat(2 * MAX_PARCEL_BYTES)
  for (const each of TOPICS)
    for (const news of ['one', large, 'two']) {
      here.publish(each, news)
      await new Promise(setImmediate)
    }
  await until('all news', () => [...heard.values()].every(({ length }) => length === 3))
  for (const news of heard.values()) assert.deepEqual(news, ['one', large, 'two'])

  for (const { name } of TOPICS) assert.equal(await here.presence.enter(`set ${name}`, 'ann'), true)
  for (const { name } of TOPICS) assert.equal(await there.presence.enter(`set ${name}`, 'ann'), false)
  assert.equal((await there.presence.names('set ')).length, TOPICS.length)
})

test('a shard that is away makes the bus go on alone, and is found again', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard: string[] = []
  for (const each of TOPICS) there.subscribe(each, (news) => heard.push(news))
  await Promise.all(TOPICS.map((each) => there.settled(each)))
  await shards[1]?.stop()
  await until(
    'the loss',
    async () => (await state(here)) === 'away' && (await state(there)) === 'away',
    10_000,
  )
  await shards[1]?.start()
  await until(
    'its return',
    async () => (await state(here)) === 'there' && (await state(there)) === 'there',
    20_000,
  )
  for (const each of TOPICS) here.publish(each, each.name)
  await until('news of every topic', () => heard.length >= TOPICS.length)
  assert.deepEqual(heard.toSorted(), TOPICS.map(({ name }) => name).toSorted(), 'each once')
})

const state = (bus: RedisBus): Promise<'there' | 'away'> =>
  bus.ping().then(
    () => 'there',
    () => 'away',
  )
