import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PresenceShift, type Renewal, topic } from '../../src/bus/bus.ts'
import { hear, isThere, news, renewalsOf, startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

const { redis, open, openBehindProxy } = await startRedisNodes()

test('a node cut off goes on alone, and catches up', async (t) => {
  let downs = 0
  const { bus: cut, proxy } = await openBehindProxy(t, { onDown: () => downs++ })
  const other = await open(t)
  const [heardCut, heardOther] = [await hear(cut), await hear(other)]
  const [renewedCut, renewedOther] = [renewalsOf(cut), renewalsOf(other)]
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
  await until('both know that something was missed', () =>
    [renewedCut, renewedOther].every((renewals) => renewals.includes('resumed')),
  )
  await cut.ping()
  assert.equal(downs, 1, 'told once')
  assert.equal(await cut.presence.has('s', 'bob'), true)
  assert.equal(await other.presence.has('s', 'ann'), true)
  assert.deepEqual(shifts, [{ set: 's', member: 'ann', about: '', isPresent: true, isRepeated: false }])
  cut.publish(news, 3)
  await until('the next news', () => heardOther.length === 2)
})

test('a topic first listened to while Redis is out of reach is known to have been missed', async (t) => {
  const { bus, proxy } = await openBehindProxy(t)
  proxy.cut('stay')
  await until('the loss', async () => !(await isThere(bus)))
  const renewals = renewalsOf(bus)
  await bus.settled(news)
  assert.deepEqual(renewals, [])
  proxy.restore()
  await until('its return', () => isThere(bus))
  const later: Renewal[] = []
  bus.subscribe(
    topic('first listened to later'),
    () => undefined,
    (why) => later.push(why),
  )
  await until('the other topic', () => later.length > 0)
  assert.deepEqual([renewals, later], [['resumed'], ['begun']])
})

test('a Redis that accepts connections and says nothing keeps nobody waiting, and is tried again', async (t) => {
  redis.pause()
  t.after(() => redis.resume())
  const downs: unknown[] = []
  let ups = 0
  const bus = await open(t, { onDown: (error) => downs.push(error), onUp: () => ups++ })
  await assert.rejects(bus.ping(), /has not answered|did not answer/)
  assert.equal(await bus.presence.enter('s', 'ann'), true)
  await until('the loss', () => downs.length > 0)
  assert.match(String(downs[0]), /did not answer/)
  redis.resume()
  await until('its answer', () => ups > 0)
  await bus.ping()
  assert.equal(await (await open(t)).presence.has('s', 'ann'), true)
})

/** Bytes that recognize each command: INFO is not the SETINFO before it. */
const commands = { INFO: '$4\r\nINFO', SSUBSCRIBE: 'ssubscribe', EVAL: 'EVAL' }

for (const [command, word] of Object.entries(commands))
  test(`a Redis that says nothing any more from the first ${command} on is tried again`, async (t) => {
    const downs: unknown[] = []
    const { bus, proxy } = await openBehindProxy(t, { cluster: 'c', onDown: (error) => downs.push(error) })
    proxy.cut('stay')
    await until('the loss', () => downs.length === 1)
    proxy.hold(word)
    proxy.restore()
    await until('the silence', () => proxy.countHeld(word) > 0)
    // Its next attempt, since nothing came of this one.
    await until('another attempt', () => proxy.countHeld(word) > 1)
    await proxy.release()
    await until('its return', () => isThere(bus))
  })
