import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RedisBus } from '../../src/bus/redis/index.ts'
import { CHUNK } from '../../src/bus/redis/shared-presence.ts'
import { flushRedis } from '../support/engines/index.ts'
import {
  assertPictured,
  BURIED_MS,
  isThere,
  renewalsOf,
  startRedisNodes,
  untilPictured,
  upTo,
} from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

const { redis, open, openBehindProxy } = await startRedisNodes()

test('a member that comes or goes while Redis has lost everything is counted right afterwards', async (t) => {
  const buses = [await open(t), await open(t)] as const
  const [here, there] = buses
  for (const member of ['ann', 'bob', 'cem']) await here.presence.enter('s', member)
  for (const member of ['ann', 'dora', 'eve']) await there.presence.enter('s', member)
  await flushRedis(redis)
  // Before either node has noticed.
  for (const member of ['ann', 'bob']) await here.presence.leave('s', member)
  await there.presence.leave('s', 'dora')
  for (const member of ['fay', 'fay', 'eve']) await here.presence.enter('s', member)
  await there.presence.enter('s', 'gus')
  const present = ['ann', 'cem', 'eve', 'fay', 'gus']
  await untilPictured(buses, 's', { members: present, holders: 7, unwanted: ['bob', 'dora'] })

  for (const member of ['fay', 'fay', 'eve', 'cem']) await here.presence.leave('s', member)
  for (const member of ['ann', 'eve', 'gus']) await there.presence.leave('s', member)
  await untilPictured(buses, 's', { members: [], holders: 0, unwanted: present })
})

test('presence that was on its way when its node was buried is ignored', async (t) => {
  const survivor = await open(t)
  const { bus: lost, proxy } = await openBehindProxy(t)
  const renewals = renewalsOf(survivor)
  await lost.presence.enter('s', 'ann')
  proxy.hold()
  for (const set of ['s', 'another']) {
    assert.equal(await lost.presence.enter(set, 'bob'), true, 'as far as it knows')
    assert.equal(proxy.countHeld('bob'), 1)
  }
  await until('its burial', () => renewals.includes('bereaved'), BURIED_MS)
  // The lost node never comes back to tidy up after itself.
  await lost.close()
  await proxy.release()
  for (const set of ['s', 'another'])
    await assertPictured([survivor], set, { members: [], holders: 0, unwanted: ['ann', 'bob'] })
})

/** Enough members for several scripts: a change between two of them must not be lost. */
const MANY = upTo(2 * CHUNK + 300).map((n) => `m${n}`)
/** One member of each script's chunk, and the last. */
const LEAVING = [0, CHUNK - 1, CHUNK, 2 * CHUNK, MANY.length - 1].map((n) => MANY[n] ?? assert.fail())

const forgetting = {
  'has lost everything': () => flushRedis(redis),
  'was stopped and started': async () => {
    await redis.stop()
    await redis.start()
  },
}

for (const [what, forget] of Object.entries(forgetting))
  test(`members that come or go while a Redis that ${what} is told of many are counted right`, async (t) => {
    const buses = [await open(t), await open(t)] as const
    const [here] = buses
    await Promise.all(MANY.map((member) => here.presence.enter('s', member)))
    const changes: Promise<void>[] = []
    here.presence.onShift(({ member }) => {
      if (member === MANY[0]) changes.push(change(here))
    })
    await forget()
    await until('the first part', () => changes.length > 0)
    await Promise.all(changes)
    const members = [...MANY.filter((member) => !LEAVING.includes(member)), 'new']
    await untilPictured(buses, 's', { members, holders: members.length + 1, unwanted: LEAVING })
  })

/** Without a wait: all of it after the first part of many, before the second. */
async function change({ presence }: RedisBus): Promise<void> {
  const again = MANY[2 * CHUNK + 1] ?? assert.fail()
  await Promise.all([
    ...LEAVING.map((member) => presence.leave('s', member)),
    presence.enter('s', 'new'),
    presence.enter('s', again),
  ])
}

test('members that come or go while their node is cut off, or restores its presence, are counted right', async (t) => {
  const other = await open(t)
  const { bus: cut, proxy } = await openBehindProxy(t)
  await Promise.all(MANY.map((member) => cut.presence.enter('s', member)))
  proxy.cut('stay')
  await until('the loss', async () => !(await isThere(cut)))
  const [early = '', ...late] = LEAVING
  await cut.presence.leave('s', early)
  await cut.presence.enter('s', 'new')
  proxy.restore()
  let isBack = false
  const back = until('its return', () => other.presence.has('s', 'new')).finally(() => {
    isBack = true
  })
  while (!isBack)
    for (const member of MANY.filter((each) => !LEAVING.includes(each))) {
      await cut.presence.enter('s', member)
      await cut.presence.leave('s', member)
      await new Promise(setImmediate)
    }
  await back
  for (const member of late) await cut.presence.leave('s', member)
  const members = [...MANY.filter((member) => !LEAVING.includes(member)), 'new']
  await untilPictured([cut, other], 's', { members, holders: members.length, unwanted: LEAVING })
})

test('a member that leaves after Redis lost everything, before its node restores it, has left', async (t) => {
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
