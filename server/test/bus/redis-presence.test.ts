import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { PresenceShift } from '../../src/bus/bus.ts'
import type { RedisBus } from '../../src/bus/redis/index.ts'
import { askRedis, flushRedis } from '../support/engines/index.ts'
import {
  BURIED_MS,
  hear,
  news,
  renewalsOf,
  startRedisNodes,
  untilPictured,
  upTo,
} from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

const { redis, open, openBehindProxy } = await startRedisNodes()

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

test('a Redis that has lost everything is told again, and a member that comes again is no news', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  const shifts: PresenceShift[] = []
  for (const { presence } of [here, there]) presence.onShift((shift) => void shifts.push(shift))
  await here.presence.enter('s', 'ann', 'about ann')
  await there.presence.enter('s', 'ann')
  await there.presence.enter('s', 'bob')
  await flushRedis(redis)
  const all = [
    ['ann', 'about ann'],
    ['bob', ''],
  ]
  // A node that is late may be taken for dead once more, and tells all again after that.
  await until(
    'all is told again',
    async () =>
      (await here.presence.countHolders('s')) === 3 &&
      isDeepStrictEqual([...(await here.presence.members('s'))].sort(), all),
  )
  assert.deepEqual(shifts.map(({ member, isPresent }) => `${member} ${isPresent}`).toSorted(), [
    'ann true',
    'bob true',
  ])
  assert.ok(shifts.every(({ isRepeated }) => isRepeated))
  assert.equal(await there.presence.leave('s', 'bob'), true)
})

test('a member is known at every node by what was said about it last, also to a Redis that has lost it', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  await here.presence.enter('s', 'ann', 'old')
  await there.presence.enter('s', 'ann', 'new')
  await there.presence.describe('s', 'ann', 'new')
  const known = async () => (await here.presence.members('s')).get('ann')
  assert.equal(await known(), 'new')
  await flushRedis(redis)
  await until('all is told again', async () => (await here.presence.countHolders('s')) === 2)
  await until('the newest', async () => (await known()) === 'new')
  await there.presence.leave('s', 'ann')
  assert.equal(await known(), 'new')
})

test('a node that stays away is buried: its members go, and others look for what it had not told', async (t) => {
  const { bus: lost, proxy } = await openBehindProxy(t)
  const survivors = [await open(t), await open(t)]
  const shifts: PresenceShift[] = []
  for (const { presence } of survivors) presence.onShift((shift) => void shifts.push(shift))
  const renewals = survivors.map(renewalsOf)
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

test('a Redis that refuses presence still carries news, and is told everything once it accepts', async (t) => {
  const errors: string[] = []
  let downs = 0
  const options = { onError: (error: unknown) => errors.push(String(error)), onDown: () => downs++ }
  const buses = [await open(t, options), await open(t, options)] as const
  const [here, there] = buses
  const heard = await hear(there)
  await here.presence.enter('s', 'ann')
  await there.presence.enter('s', 'bob')

  await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '1')
  t.after(() => askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '0'))
  await until('both to notice', () => errors.length === 2)
  assert.equal(await here.presence.enter('s', 'cem'), true)
  assert.equal(await there.presence.enter('s', 'cem'), true, 'it knows only of itself')
  assert.equal(await here.presence.has('s', 'bob'), false)
  assert.deepEqual([...(await there.presence.members('s')).keys()], ['bob', 'cem'])
  assert.equal(await here.presence.leave('s', 'ann'), true)
  here.publish(news, 1)
  await until('news', () => heard.length === 1)
  const refused = await countRefused()
  await until('more refusals', async () => (await countRefused()) >= refused + 4)
  assert.equal(errors.length, 2, 'each has reported once')
  const late = await open(t, options)
  await hear(late)
  late.publish(news, 2)
  await until('news of one that opens now', () => heard.length === 2)
  assert.equal(errors.length, 3)
  for (const error of errors) assert.match(error, /maxmemory/)
  for (const bus of [...buses, late]) await assert.rejects(bus.ping(), /maxmemory/)
  assert.equal(downs, 0)

  await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '0')
  await untilPictured([...buses, late], 's', { members: ['bob', 'cem'], holders: 3, unwanted: ['ann'] })
})

async function countRefused(): Promise<number> {
  const told = String(await askRedis(redis, 'INFO', 'errorstats'))
  return Number(/errorstat_OOM:count=(\d+)/.exec(told)?.[1] ?? 0)
}

test('a listener of shifts that fails is reported, and keeps nothing from the others', async (t) => {
  const errors: string[] = []
  const bus = await open(t, { onError: (error) => errors.push(String(error)) })
  const told: string[] = []
  bus.presence.onShift(() => assert.fail('throws'))
  bus.presence.onShift(async () => assert.fail('rejects'))
  bus.presence.onShift(({ member }) => void told.push(member))
  for (const member of ['ann', 'bob']) await bus.presence.enter('s', member)
  await flushRedis(redis)
  await untilPictured([bus], 's', { members: ['ann', 'bob'], holders: 2 })
  assert.deepEqual(told, ['ann', 'bob'])
  assert.deepEqual(errors.map((error) => error.replace(/^.*: /, '')).toSorted(), [
    'rejects',
    'rejects',
    'throws',
    'throws',
  ])
  await bus.ping()
})
