import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import { topic } from '../../src/bus/bus.ts'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { Names } from '../../src/bus/redis/names.ts'
import { MAX_PARCEL_BYTES } from '../../src/bus/redis/outbox.ts'
import { askRedis, moveSlotOf, startRedisCluster } from '../support/engines/index.ts'
import { isThere, untilPictured } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { busConformance } from './conformance.ts'

const { shards, addReplica, ...started } = await startRedisCluster()
after(() => started[Symbol.asyncDispose]())
const url = shards[0]?.url ?? assert.fail()

busConformance('a Redis Cluster', (onError) => RedisBus.open({ url, cluster: randomUUID(), onError }))

const TOPICS = Array.from({ length: 30 }, (_, n) =>
  topic<string>(n === 7 ? 'with {braces} and 7%' : `topic ${n}`),
)

async function open(t: TestContext, options: { readonly onUp?: () => void } = {}): Promise<RedisBus> {
  const onError = (error: unknown) => assert.fail(String(error))
  const bus = await RedisBus.open({ url, cluster: t.name, onError, ...options })
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
  await until('the loss', async () => !(await isThere(here)) && !(await isThere(there)))
  await shards[1]?.start()
  await until('its return', async () => (await isThere(here)) && (await isThere(there)))
  for (const each of TOPICS) here.publish(each, each.name)
  await until('news of every topic', () => heard.length >= TOPICS.length)
  assert.deepEqual(heard.toSorted(), TOPICS.map(({ name }) => name).toSorted(), 'each once')
})

test('listeners look for missed news when a connection to one shard is lost', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const renewals = await renewalsOfAll(there)
  await askRedis({ url }, 'CLIENT', 'KILL', 'TYPE', 'pubsub')
  await until('news of every topic to come anew', () => renewals.size === TOPICS.length)
  await untilAllHear(here, there)
})

test('listeners look for missed news when a slot moves to another shard', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  for (const { presence } of [here, there]) await presence.enter('s', 'ann')
  const renewals = await renewalsOfAll(there)
  const names = new Names(t.name)
  for (const key of [names.channel(TOPICS[0]?.name ?? ''), names.ofSet('s', 'members')]) {
    renewals.clear()
    await moveSlotOf(key, shards)
    await until('news of every topic to come anew', () => renewals.size === TOPICS.length)
  }
  await untilAllHear(here, there)
  await untilPictured([here, there], 's', { members: ['ann'], holders: 2 })
})

/** Topics of which it is told that news may have been missed. */
async function renewalsOfAll(bus: RedisBus): Promise<Set<string>> {
  const renewed = new Set<string>()
  for (const each of TOPICS)
    bus.subscribe(
      each,
      () => undefined,
      (why) => why === 'resumed' && renewed.add(each.name),
    )
  await Promise.all(TOPICS.map((each) => bus.settled(each)))
  return renewed
}

/** Each topic's news once more, as often as it takes: the one who tells may not be back yet. */
async function untilAllHear(here: RedisBus, there: RedisBus): Promise<void> {
  const heard = new Set<string>()
  for (const each of TOPICS) there.subscribe(each, () => heard.add(each.name))
  await until('news of every topic', () => {
    for (const each of TOPICS) if (!heard.has(each.name)) here.publish(each, 'again')
    return heard.size === TOPICS.length
  })
}

test('a shard that hands over to its replica is a broken link, until the replica is followed', async (t) => {
  const replica = await addReplica()
  const back: string[] = []
  const [here, there] = [
    await open(t, { onUp: () => back.push('here') }),
    await open(t, { onUp: () => back.push('there') }),
  ]
  const heard: string[] = []
  for (const each of TOPICS) there.subscribe(each, (news) => heard.push(news))
  await Promise.all(TOPICS.map((each) => there.settled(each)))
  await askRedis(replica, 'CLUSTER', 'FAILOVER')
  await until('both to be back', () => new Set(back).size === 2)
  for (const each of TOPICS) here.publish(each, each.name)
  await until('news of every topic', () => heard.length >= TOPICS.length)
  assert.deepEqual(heard.toSorted(), TOPICS.map(({ name }) => name).toSorted(), 'each once')
})
