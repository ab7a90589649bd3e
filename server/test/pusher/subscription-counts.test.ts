import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import type { Channel } from 'pusher-js'
import type { Listener, OnRenewed, PresenceSets, Topic, Unsubscribe } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { Occupancy } from '../../src/pusher/occupancy.ts'
import { SubscriptionCounts } from '../../src/pusher/subscription-counts.ts'
import { until } from '../support/until.ts'
import { openHooks } from './hooks.ts'
import { localBus, type PusherWorld, startPusher } from './pusher-world.ts'

const counting = (options: Parameters<typeof startPusher>[0] = {}): Promise<PusherWorld> =>
  startPusher({ subscriptionCounts: true, ...options })

const EVENT = 'pusher_internal:subscription_count'

test('subscribers on every node, and the application, are told how many there are over all', async () => {
  await using hooks = await openHooks()
  const options = { bus: localBus(), webhookUrl: hooks.url, timing: { lingerMs: 10 } }
  await using one = await counting(options)
  await using two = await counting(options)
  const ann = await one.raw().opened()
  await ann.subscribed('news')
  const first = await ann.next(EVENT)
  assert.equal(first.raw, '{"subscription_count":1}')
  assert.equal(first.channel, 'news')
  const bob = await two.raw().opened()
  await bob.subscribed('news')
  for (const client of [ann, bob])
    assert.deepEqual((await client.next(EVENT)).data, { subscription_count: 2 })
  await ann.close()
  assert.deepEqual((await bob.next(EVENT)).data, { subscription_count: 1 })
  await bob.close()
  const told = () =>
    hooks.requests
      .flatMap(({ rawBody }) => JSON.parse(rawBody).events)
      .filter(({ name }) => name === 'subscription_count')
  await until('the last count', () => told().at(-1)?.subscription_count === 0)
  assert.deepEqual(
    told(),
    [1, 2, 1, 0].map((subscription_count) => ({
      name: 'subscription_count',
      channel: 'news',
      subscription_count,
    })),
  )
})

test('presence channels and events for one user have no counts', async () => {
  await using world = await counting()
  const [ann, bob] = [await world.raw().opened(), await world.raw().opened()]
  await ann.subscribed('presence-a', '{"user_id":"ann"}')
  await bob.subscribed('news')
  await bob.next(EVENT)
  assert.deepEqual(await ann.settled(), [])
})

test('pusher-js is told the count of its channel', async () => {
  await using world = await counting()
  const js = await world.js()
  const channel = js.subscribe('news') as Channel & { subscriptionCount: number | null }
  const heard: unknown[] = []
  channel.bind('pusher:subscription_count', (data: unknown) => heard.push(data))
  await until('the count', () => heard.length > 0)
  assert.deepEqual(heard, [{ subscription_count: 1 }])
  assert.equal(channel.subscriptionCount, 1)
})

test('many subscribers that come at once are counted in one event', async () => {
  await using world = await counting()
  const clients = await Promise.all(Array.from({ length: 30 }, () => world.raw().opened()))
  await Promise.all(clients.map((client) => client.subscribed('news')))
  const [first] = clients
  assert.ok(first)
  await until('the whole count', () => first.messages.at(-1)?.data.subscription_count === 30)
  assert.ok(first.messages.filter(({ event }) => event === EVENT).length <= 10)
})

test('a crowd is told its count once in five seconds, whoever comes and goes', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let holders = 101
  const sets: Partial<PresenceSets> = { countHolders: async () => holders }
  const told: number[] = []
  const counts: SubscriptionCounts = new SubscriptionCounts({
    occupancy: new Occupancy(sets as PresenceSets),
    publish: (channel, event) => counts.heard(channel, event),
    announce: (_channel, count) => told.push(count),
    log: pino({ level: 'silent' }),
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  counts.changed('news')
  t.mock.timers.tick(100)
  await turn()
  for (let i = 0; i < 50; i++) {
    holders++
    counts.changed('news')
    t.mock.timers.tick(50)
    await turn()
  }
  assert.deepEqual(told, [101])
  t.mock.timers.tick(5_000)
  await turn()
  assert.deepEqual(told, [101, 151])
})

/** A bus of which another node dies when the test says so. */
class MortalBus extends LocalBus {
  readonly #onRenewed = new Set<OnRenewed>()

  override subscribe<T>(topic: Topic<T>, listener: Listener<T>, onRenewed?: OnRenewed): Unsubscribe {
    if (onRenewed) this.#onRenewed.add(onRenewed)
    return super.subscribe(topic, listener)
  }

  bereave(): void {
    for (const onRenewed of this.#onRenewed) onRenewed('bereaved')
  }
}

test('the end of a subscription that went with its node is told', async () => {
  const bus = new MortalBus((error) => assert.fail(String(error)))
  await using world = await counting({ bus })
  await bus.presence.enter('pusher:subscriptions:news', '*')
  const client = await world.raw().opened()
  await client.subscribed('news')
  assert.deepEqual((await client.next(EVENT)).data, { subscription_count: 2 })
  await bus.presence.leave('pusher:subscriptions:news', '*')
  bus.bereave()
  assert.deepEqual((await client.next(EVENT)).data, { subscription_count: 1 })
})
