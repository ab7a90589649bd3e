import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type PresenceShift, type Renewal, topic } from '../../src/bus/bus.ts'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { MAX_PARCEL_BYTES } from '../../src/bus/redis/outbox.ts'
import { flushRedis, startRedis } from '../support/engines/index.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { busConformance } from './conformance.ts'

const started = await startRedis()
const redis = started.engine
after(() => started[Symbol.asyncDispose]())

busConformance('Redis', (onError) => RedisBus.open({ url: redis.url, cluster: randomUUID(), onError }))

const news = topic<number | string>('news')
/** What a dead node's contacts may wait for, at the most. */
const BURIED_MS = 15_000

interface OpenOptions {
  readonly cluster?: string
  readonly url?: string
  readonly onDown?: () => void
}

async function open(t: TestContext, { cluster = t.name, url = redis.url, onDown }: OpenOptions = {}) {
  const bus = await RedisBus.open({
    url,
    cluster,
    onError: (error) => assert.fail(String(error)),
    ...(onDown && { onDown }),
  })
  t.after(() => bus.close())
  return bus
}

/** Listens, and waits until it hears the other nodes too. */
async function hear(bus: RedisBus): Promise<(number | string)[]> {
  const heard: (number | string)[] = []
  bus.subscribe(news, (n) => heard.push(n))
  await bus.settled(news)
  return heard
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

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

test('what is too large for a parcel arrives whole and in its place', async (t) => {
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

test('who listened for the last time hears no more, and hears again when it listens again', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const heard: unknown[] = []
  for (const n of [1, 2, 3]) {
    const stop = there.subscribe(news, (each) => heard.push(each))
    await there.settled(news)
    here.publish(news, n)
    await until(`news ${n}`, () => heard.length === n)
    stop()
    // Once quickly, and once after the topic has been let go.
    if (n === 2) await setTimeout(1_200)
  }
  assert.deepEqual(heard, [1, 2, 3])
})

test('a member is present as long as one node holds it', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  assert.equal(await here.presence.enter('s', 'ann', 'about ann'), true)
  assert.equal(await there.presence.enter('s', 'ann'), false)
  assert.equal(await there.presence.enter('s', 'ann'), false)
  assert.equal(await there.presence.countHolders('s'), 3)
  assert.equal(await here.presence.leave('s', 'ann'), false)
  assert.equal(await here.presence.has('s', 'ann'), true)
  assert.deepEqual([...(await here.presence.members('s'))], [['ann', 'about ann']])
  assert.deepEqual(await here.presence.names(''), ['s'])
  assert.equal(await there.presence.leave('s', 'ann'), false)
  assert.equal(await there.presence.leave('s', 'ann'), true)
  assert.deepEqual(await here.presence.names(''), [])
  assert.equal(await here.presence.countHolders('s'), 0)
})

test('one of many who come at once is the first, one of many who go is the last', async (t) => {
  const nodes = [await open(t), await open(t), await open(t)]
  const all = <T>(task: (bus: RedisBus) => Promise<T>) =>
    Promise.all(nodes.flatMap((bus) => upTo(20).map(() => task(bus))))
  const came = await all(({ presence }) => presence.enter('s', 'ann'))
  assert.equal(came.filter(Boolean).length, 1)
  const went = await all(({ presence }) => presence.leave('s', 'ann'))
  assert.equal(went.filter(Boolean).length, 1)
})

test('a node cut off goes on alone, and catches up', async (t) => {
  const proxy = await startProxy(t, { host: '127.0.0.1', port: redis.port })
  let downs = 0
  const cut = await open(t, { url: `redis://127.0.0.1:${proxy.port}`, onDown: () => downs++ })
  const other = await open(t)
  const [heardCut, heardOther] = [await hear(cut), await hear(other)]
  let [renewedCut, renewedOther] = [0, 0]
  cut.subscribe(
    news,
    () => undefined,
    () => renewedCut++,
  )
  other.subscribe(
    news,
    () => undefined,
    () => renewedOther++,
  )
  await other.presence.enter('s', 'bob')

  proxy.cut('stay')
  await until('the loss', () => downs === 1)
  await assert.rejects(cut.ping())
  cut.publish(news, 1)
  other.publish(news, 2)
  assert.deepEqual([heardCut, heardOther], [[1], [2]])
  assert.equal(await cut.presence.enter('s', 'ann'), true)
  assert.equal(await cut.presence.has('s', 'bob'), false, 'it knows only of itself')

  const shifts: PresenceShift[] = []
  cut.presence.onShift((shift) => void shifts.push(shift))
  proxy.restore()
  await until('both know that something was missed', () => renewedCut > 0 && renewedOther > 0)
  await cut.ping()
  assert.equal(downs, 1, 'told once')
  assert.equal(await cut.presence.has('s', 'bob'), true)
  assert.equal(await other.presence.has('s', 'ann'), true)
  assert.deepEqual(shifts, [{ set: 's', member: 'ann', about: '', isPresent: true, isRepeated: false }])
  cut.publish(news, 3)
  await until('the next news', () => heardOther.length === 2)
})

test('a Redis that has lost everything is told again, and who comes again is known to be no news', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const shifts: PresenceShift[] = []
  for (const { presence } of [here, there]) presence.onShift((shift) => void shifts.push(shift))
  await here.presence.enter('s', 'ann', 'about ann')
  await there.presence.enter('s', 'ann')
  await there.presence.enter('s', 'bob')
  await flushRedis(redis)
  await until('all is told again', async () => (await here.presence.countHolders('s')) === 3, 10_000)
  assert.deepEqual([...(await here.presence.members('s'))].sort(), [
    ['ann', 'about ann'],
    ['bob', ''],
  ])
  assert.deepEqual(shifts.map(({ member, isPresent }) => `${member} ${isPresent}`).toSorted(), [
    'ann true',
    'bob true',
  ])
  assert.ok(shifts.every(({ isRepeated }) => isRepeated))
  assert.equal(await there.presence.leave('s', 'bob'), true)
})

test('who goes when Redis has lost everything, before it is told again, has gone', async (t) => {
  const { presence } = await open(t)
  await presence.enter('s', 'ann')
  await presence.enter('s', 'ann')
  await presence.enter('s', 'bob')
  await flushRedis(redis)
  assert.equal(await presence.leave('s', 'bob'), true)
  assert.equal(await presence.leave('s', 'ann'), false)
  assert.equal(await presence.leave('s', 'ann'), true)
  assert.equal(await presence.countHolders('s'), 0)
})

test('a node that stays away is buried: its members go, and others look for what it had not told', async (t) => {
  const proxy = await startProxy(t, { host: '127.0.0.1', port: redis.port })
  const lost = await open(t, { url: `redis://127.0.0.1:${proxy.port}`, onDown: () => undefined })
  const survivors = [await open(t), await open(t)]
  const shifts: PresenceShift[] = []
  const renewals = survivors.map((bus) => {
    const heard: Renewal[] = []
    bus.presence.onShift((shift) => void shifts.push(shift))
    bus.subscribe(
      news,
      () => undefined,
      (why) => heard.push(why),
    )
    return heard
  })
  await lost.presence.enter('s', 'ann', 'about ann')
  await lost.presence.enter('s', 'bob')
  await survivors[0]?.presence.enter('s', 'bob')
  proxy.cut('stay')
  await until('its burial', () => renewals.every((heard) => heard.includes('bereaved')), BURIED_MS)
  const gone = { set: 's', member: 'ann', about: 'about ann', isPresent: false, isRepeated: false }
  assert.deepEqual(shifts, [gone], 'told once in the cluster')
  assert.equal(await survivors[1]?.presence.has('s', 'ann'), false)
  assert.equal(await survivors[1]?.presence.countHolders('s'), 1)

  proxy.restore()
  await until('its return', async () => (await survivors[1]?.presence.has('s', 'ann')) === true)
  assert.equal(await survivors[1]?.presence.countHolders('s'), 3)
})
