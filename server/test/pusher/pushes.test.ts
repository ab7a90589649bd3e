import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { toAccountId } from '../../src/core/chat.ts'
import type { OriginId } from '../../src/delivery/index.ts'
import { Channels } from '../../src/pusher/channels.ts'
import { Occupancy } from '../../src/pusher/occupancy.ts'
import { LIMITS, Limits } from '../../src/transport/index.ts'
import { Remembering } from '../delivery/remembering.ts'
import { localBus, type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

const CHANNEL = 'private-a'
/** Counts as 11: 10 KiB, and 1 for the event itself. */
const LONG = 'x'.repeat(10 * 1024)
const LONG_COST = 11

/** A world in which no token comes back, and a client's address is what its query says. */
async function world(t: TestContext): Promise<PusherWorld> {
  const opened = await startPusher({
    limits: new Limits(true, () => 0),
    addressOf: ({ url = '' }) => new URL(url, 'http://host').searchParams.get('from') ?? '',
  })
  t.after(() => opened.close())
  return opened
}

const from = (where: PusherWorld, address: string): Promise<RawClient> =>
  where.raw(`protocol=7&from=${address}`).opened()

/** Ten long events, as many as one connection may send in a second. Answers the codes of refusals. */
async function flood(client: RawClient): Promise<unknown[]> {
  await client.subscribed(CHANNEL)
  for (let n = 0; n < 10; n++) client.say('client-e', LONG, CHANNEL)
  return (await client.settled()).filter(({ event }) => event === 'pusher:error').map(({ data }) => data.code)
}

test('an address with many connections pushes no more than the limit of an address, and is told 4301', async (t) => {
  const where = await world(t)
  const bob = await from(where, 'bob')
  await bob.subscribed(CHANNEL)
  const refused: unknown[] = []
  const connections = Math.ceil(LIMITS.pushFrom.burst / LONG_COST / 10) + 2
  for (let n = 0; n < connections; n++) refused.push(...(await flood(await from(where, 'eve'))))
  const heard = (await bob.settled()).filter(({ event }) => event === 'client-e')
  assert.equal(heard.length, Math.ceil(LIMITS.pushFrom.burst / LONG_COST))
  assert.deepEqual(new Set(refused), new Set([4301]))
  assert.equal(heard.length + refused.length, 10 * connections)
  // Another address is not bound by it.
  assert.deepEqual(await flood(await from(where, 'ann')), [])
})

test('an account at many addresses pushes no more than the limit of a user', async (t) => {
  const where = await world(t)
  const bob = await from(where, 'bob')
  await bob.subscribed(CHANNEL)
  const connections = Math.ceil(LIMITS.push.burst / LONG_COST / 10) + 2
  for (let n = 0; n < connections; n++) {
    const client = await from(where, `eve${n}`)
    where.server.findConnection(client.socketId)?.belongTo(toAccountId(7))
    await flood(client)
  }
  const heard = (await bob.settled()).filter(({ event }) => event === 'client-e')
  assert.equal(heard.length, Math.ceil(LIMITS.push.burst / LONG_COST))
})

test('all clients together push no more than the limit of a node', async (t) => {
  const limits = new Limits(true, () => 0)
  const where = await startPusher({ limits })
  t.after(() => where.close())
  limits.charge('pushInAll', '', LIMITS.pushInAll.burst - LONG_COST)
  const client = await where.raw().opened()
  assert.deepEqual(await flood(client), Array(9).fill(4301))
})

test('an address whose users come and go too often is refused on presence channels', async (t) => {
  const limits = new Limits(true, () => 0)
  const where = await startPusher({ limits, addressOf: () => 'eve' })
  t.after(() => where.close())
  limits.charge('pushFrom', 'eve', LIMITS.pushFrom.burst - 2)
  const client = await where.raw().opened()
  const join = async (userId: string): Promise<unknown> => {
    client.subscribe('presence-a', JSON.stringify({ user_id: userId }))
    const told = await client.settled()
    client.say('pusher:unsubscribe', { channel: 'presence-a' })
    await client.settled()
    return told.find(({ event }) => event === 'pusher:subscription_error')?.data.type
  }
  // Each counts as half an event, and is let in while a whole token is left.
  for (const userId of ['a', 'b', 'c']) assert.equal(await join(userId), undefined)
  assert.equal(await join('d'), 'LimitReached')
})

test('events that one client causes are counted as its own in the queues of slow readers', async () => {
  const bus = localBus()
  const channels = new Channels(bus, new Occupancy(bus.presence), pino({ level: 'silent' }))
  const sink = new Remembering()
  const channel = channels.hold('presence-a')
  await channel.ready
  channel.fanout.add({ socketId: '1.1', address: '', originId: '', sink })
  channels.publish('presence-a', { type: 'member_added', userId: 'eve', info: '{}', originId: 'from eve' })
  channels.publish('presence-a', {
    ...{ type: 'event', event: 'client-e', data: '', exceptSocketId: '2.2', originId: 'from eve' },
  })
  channels.publish('presence-a', { type: 'member_removed', userId: 'eve', originId: 'from eve' })
  const origins = sink.batches.flatMap((batch): OriginId[] => [...batch.bytesByOrigin()].map(([id]) => id))
  assert.deepEqual(origins, ['from eve', 'from eve', 'from eve'])
})
