import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { Names } from '../../src/bus/redis/names.ts'
import { MAX_PARCEL_BYTES } from '../../src/bus/redis/outbox.ts'
import { pack } from '../../src/bus/redis/parcel.ts'
import { askRedis } from '../support/engines/index.ts'
import { hear, news, startRedisNodes, upTo } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { busConformance } from './conformance.ts'

const { redis, open } = await startRedisNodes()

busConformance('Redis', (onError) => RedisBus.open({ url: redis.url, cluster: randomUUID(), onError }))

test('news reaches the listeners of every node once, in the order of its node', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const [heardHere, heardThere] = [await hear(here), await hear(there)]
  for (const n of upTo(500)) {
    here.publish(news, n)
    if (n % 7 === 0) await new Promise(setImmediate)
  }
  await until('all news', () => heardThere.length === 500)
  assert.deepEqual(heardThere, upTo(500))
  assert.deepEqual(heardHere, upTo(500))
})

test('clusters that share a Redis hear nothing of each other', async (t) => {
  const [ours, theirs] = [await open(t, { cluster: 'ours' }), await open(t, { cluster: 'theirs' })]
  const [heard, alien] = [await hear(ours), await hear(theirs)]
  await ours.presence.enter('online', 'ann')
  ours.publish(news, 1)
  theirs.publish(news, 2)
  await until('our own', () => heard.length === 1 && alien.length === 1)
  assert.deepEqual([heard, alien], [[1], [2]])
  assert.equal(await theirs.presence.has('online', 'ann'), false)
})

test('news too large for a parcel arrives whole and in its place', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard = await hear(there)
  const large = 'x'.repeat(3 * MAX_PARCEL_BYTES)
  for (const n of [1, large, 2]) {
    here.publish(news, n)
    await new Promise(setImmediate)
  }
  await until('all three', () => heard.length === 3)
  assert.deepEqual(heard, [1, large, 2])
})

test('the last news of a node that closes reaches the others', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard = await hear(there)
  // As after a refusal: nothing is to be taken back, for which closing would have to wait.
  here.presence.leaveAlone()
  const large = 'x'.repeat(3 * MAX_PARCEL_BYTES)
  here.publish(news, large)
  await here.close()
  await until('the last news', () => heard.length === 1)
  assert.deepEqual(heard, [large])
})

/** How many nodes of the test's cluster have Redis tell them the news. */
async function countSubscribers(t: TestContext): Promise<unknown> {
  const answer = await askRedis(redis, 'PUBSUB', 'SHARDNUMSUB', new Names(t.name).channel(news.name))
  return (answer as readonly unknown[])[1]
}

test('a listener that stopped hears no more, and one that listens again hears again', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard: unknown[] = []
  for (const n of [1, 2, 3]) {
    const stop = there.subscribe(news, (each) => heard.push(each))
    await there.settled(news)
    here.publish(news, n)
    await until(`news ${n}`, () => heard.length === n)
    stop()
    // Once quickly, and once after the topic has been let go.
    if (n === 2) await until('the topic to be let go', async () => (await countSubscribers(t)) === 0)
  }
  assert.deepEqual(heard, [1, 2, 3])
})

test('news that expired before it was fetched is reported as missed, in its place', async (t) => {
  const there = await open(t)
  const heard = await hear(there)
  there.subscribe(
    news,
    () => undefined,
    (why) => heard.push(why),
  )
  const names = new Names(t.name)
  const gone = names.parcel(news.name, 'gone')
  const said = [[1], gone, [2]].map((each) => pack(['another node', each]))
  // All at once: the last is there before the node knows that the one before it is gone.
  const sayAll = "for _, text in ipairs(ARGV) do redis.call('SPUBLISH', KEYS[1], text) end"
  await askRedis(redis, 'EVAL', sayAll, '1', names.channel(news.name), ...said)
  await until('the last', () => heard.includes(2))
  assert.deepEqual(heard, [1, 'resumed', 2])
})

test('a listener that throws is reported by each node, and keeps nothing from the others', async (t) => {
  const errors: string[] = []
  const [here, there] = [await open(t), await open(t, { onError: (error) => errors.push(String(error)) })]
  const renewed: string[] = []
  there.subscribe(
    news,
    (n) => assert.fail(`news ${n}`),
    (why) => assert.fail(why),
  )
  there.subscribe(
    news,
    () => undefined,
    (why) => renewed.push(why),
  )
  const heard = await hear(there)
  for (const n of [1, 2]) {
    here.publish(news, n)
    await until(`news ${n}`, () => heard.includes(n))
  }
  assert.deepEqual(heard, [1, 2])
  assert.deepEqual(renewed, ['begun'])
  assert.deepEqual(
    errors.map((error) => error.replace(/^.*: /, '')),
    ['begun', 'news 1', 'news 2'],
  )
  await there.ping()
})
