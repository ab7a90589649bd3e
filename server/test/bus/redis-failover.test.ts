import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { askRedis, type Engine, startRedis } from '../support/engines/index.ts'
import { startProxy } from '../support/proxy.ts'
import { assertPictured, hear, isThere, news, renewalsOf, startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

// A Redis that takes no writes any more, and goes on answering.

const { redis: one, open } = await startRedisNodes()
const { engine: other, ...started } = await startRedis()
after(() => started[Symbol.asyncDispose]())

const at = ({ port }: Engine) => ({ host: '127.0.0.1', port })

const follow = (replica: Engine, primary: Engine) =>
  askRedis(replica, 'REPLICAOF', '127.0.0.1', String(primary.port))

async function isInStep(replica: Engine): Promise<boolean> {
  return /^master_link_status:up/m.test(String(await askRedis(replica, 'INFO', 'replication')))
}

/** Makes the second server follow the first. After the test neither follows the other. */
async function primaryAndReplica(t: TestContext): Promise<void> {
  t.after(() => Promise.all([one, other].map((redis) => askRedis(redis, 'REPLICAOF', 'NO', 'ONE'))))
  await askRedis(one, 'REPLICAOF', 'NO', 'ONE')
  await follow(other, one)
  await until('the replica to be in step', () => isInStep(other))
}

async function openThrough(t: TestContext) {
  const proxy = await startProxy(t, at(one))
  const downs: string[] = []
  let ups = 0
  const bus = await open(t, {
    url: `redis://127.0.0.1:${proxy.port}`,
    onDown: (error) => downs.push(String(error)),
    onUp: () => ups++,
  })
  const isDown = async () => downs.length > 0 && !(await isThere(bus))
  return { bus, proxy, downs, isDown, isUpAgain: async () => ups > 0 && (await isThere(bus)) }
}

test('a Redis that has become a replica is a broken link, and no news over it is missed', async (t) => {
  await primaryAndReplica(t)
  const [early, late] = [await openThrough(t), await openThrough(t)]
  await hear(early.bus)
  await hear(late.bus)
  await late.bus.presence.enter('s', 'bob')

  // A failover: the address of the first node follows it at once, the connections of the second stay.
  await askRedis(other, 'REPLICAOF', 'NO', 'ONE')
  early.proxy.redirect(at(other))
  early.proxy.cut()
  await until('the first to be at the new primary', early.isUpAgain)
  await follow(one, other)
  const renewals = renewalsOf(early.bus)
  late.bus.publish(news, 'to a replica that tells nobody')
  await until('the second to notice', late.isDown)
  assert.match(late.downs[0] ?? '', /it is a replica, and a primary is needed/)
  assert.equal(late.downs.length, 1, 'told once')
  assert.equal(await late.bus.presence.enter('s', 'cy'), true)

  late.proxy.redirect(at(other))
  await until('its return', late.isUpAgain)
  await until('the other to look for what it missed', () => renewals.includes('resumed'))
  await assertPictured([early.bus, late.bus], 's', { members: ['bob', 'cy'], holders: 2 })
})

test('a node that is sent to a replica from the start goes on alone, and says why', async (t) => {
  await primaryAndReplica(t)
  const downs: string[] = []
  let ups = 0
  const options = { url: other.url, onDown: (error: unknown) => downs.push(String(error)), onUp: () => ups++ }
  const bus = await open(t, options)
  assert.equal(await isThere(bus), false)
  assert.match(downs[0] ?? '', /it is a replica/)
  const heard = await hear(bus)
  bus.publish(news, 1)
  assert.deepEqual(heard, [1])
  await askRedis(other, 'REPLICAOF', 'NO', 'ONE')
  await until('its promotion to be noticed', () => ups > 0)
  assert.equal(await isThere(bus), true)
})

/** Settings that each make Redis answer reads and refuse writes, until they are taken back. */
const REFUSING = {
  'lacks the replicas that it must have': ['min-replicas-to-write', '1', '0'],
  'has no memory left': ['maxmemory', '1', '0'],
} as const

for (const [what, [setting, on, off]] of Object.entries(REFUSING))
  test(`a Redis that ${what} is degraded, and news travels on`, async (t) => {
    const set = (value: string) => askRedis(one, 'CONFIG', 'SET', setting, value)
    t.after(() => set(off))
    const errors: unknown[] = []
    const [here, there] = [
      await open(t, { onError: () => undefined }),
      await open(t, { onError: (error) => errors.push(error) }),
    ]
    const heard = await hear(here)
    await set(on)
    await until('the refusal', async () => !(await isThere(here)) && !(await isThere(there)))
    there.publish(news, 1)
    await until('the news', () => heard.length === 1)
    assert.equal(await there.presence.enter('s', 'ann'), true, 'it answers for itself')
    await set(off)
    await until('its return', async () => (await isThere(here)) && (await isThere(there)))
    await until('all to know', () => here.presence.has('s', 'ann'))
    assert.equal(errors.length, 1, 'told once')
  })
