import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RetainedNews, Topic } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { Limits } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'
import { openHooks } from './hooks.ts'
import { jsDefaults, localBus, type PusherWorld, startPusher } from './pusher-world.ts'

const encryptionMasterKeyBase64 = Buffer.alloc(32, 1).toString('base64')
let world: PusherWorld

before(async () => {
  world = await startPusher({ encryptionMasterKeyBase64 })
})

after(() => world.close())

const KINDS = [
  ['cache-a', undefined],
  ['private-cache-a', undefined],
  ['presence-cache-a', '{"user_id":"ann"}'],
  ['private-encrypted-cache-a', undefined],
] as const

for (const [channel, channelData] of KINDS) {
  test(`a subscriber of ${channel} gets its last event first, or is told that there is none`, async () => {
    const early = await world.raw().opened()
    await early.subscribed(channel, channelData)
    assert.deepEqual(await early.next('pusher:cache_miss'), {
      event: 'pusher:cache_miss',
      channel,
      raw: undefined,
      data: undefined,
    })
    await world.library.trigger(channel, 'first', { n: 1 })
    await world.library.trigger(channel, 'second', { n: 2 })
    const live = [await early.next('first'), await early.next('second')]
    const late = await world.raw().opened()
    await late.subscribed(channel, channelData)
    assert.deepEqual(await late.next('second'), live[1])
    await world.library.trigger(channel, 'third', { n: 3 })
    await late.next('third')
    assert.deepEqual(await late.settled(), [])
    await Promise.all([early.close(), late.close()])
    // The last event is kept even when nobody is subscribed any more.
    const last = await world.raw().opened()
    await last.subscribed(channel, channelData)
    await last.next('third')
  })
}

test('a channel that only looks like one keeps nothing', async () => {
  for (const channel of ['cached', 'a-cache-b', 'private-a-cache', 'presence-encrypted-cache-a']) {
    await world.library.trigger(channel, 'e', {})
    const client = await world.raw().opened()
    await client.subscribed(channel, channel.startsWith('presence') ? '{"user_id":"ann"}' : undefined)
    assert.deepEqual(await client.settled(), [])
  }
})

test('client events are not kept', async () => {
  const [ann, bob] = [await world.raw().opened(), await world.raw().opened()]
  await world.library.trigger('private-cache-c', 'e', { n: 1 })
  for (const client of [ann, bob]) {
    await client.subscribed('private-cache-c')
    await client.next('e')
  }
  ann.say('client-e', { n: 2 }, 'private-cache-c')
  await bob.next('client-e')
  const late = await world.raw().opened()
  await late.subscribed('private-cache-c')
  await late.next('e')
})

test('an event of a batch, and one that leaves out a connection, are kept for others', async () => {
  const sender = await world.raw().opened()
  await world.library.triggerBatch([{ channel: 'cache-batch', name: 'e', data: { n: 1 } }])
  await sender.subscribed('cache-batch')
  await sender.next('e')
  await world.library.trigger('cache-batch', 'f', {}, { socket_id: sender.socketId })
  const late = await world.raw().opened()
  await late.subscribed('cache-batch')
  await late.next('f')
  assert.deepEqual(await sender.settled(), [])
})

test('the HTTP API tells the last event of a cache channel, and for how long it is kept', async () => {
  const get = async (path: string, info: string) => {
    const response = await world.library.get({ path, params: { info } })
    return response.json()
  }
  assert.deepEqual(await get('/channels/cache-http', 'cache'), { occupied: false, cache: null })
  await world.library.trigger('cache-http', 'e', { n: 1 })
  const { cache } = (await get('/channels/cache-http', 'cache,subscription_count')) as {
    cache: { ttl: number }
  }
  assert.deepEqual({ ...cache, ttl: 0 }, { event: 'e', data: '{"n":1}', ttl: 0 })
  assert.ok(cache.ttl > 1_700 && cache.ttl <= 1_800)
  await assert.rejects(get('/channels/other', 'cache'), { status: 400 })
  await assert.rejects(get('/channels', 'cache'), { status: 400 })
})

test('the application is told once that a cache channel is empty, however many subscribe on whichever node', async () => {
  await using hooks = await openHooks()
  const bus = localBus()
  const options = { bus, webhookUrl: hooks.url }
  await using one = await startPusher(options)
  await using two = await startPusher(options)
  for (const node of [one, one, two]) {
    const client = await node.raw().opened()
    await client.subscribed('cache-empty')
    await client.next('pusher:cache_miss')
  }
  await (await two.raw().opened()).subscribed('last')
  await until('the last', () => hooks.lines().includes('channel_occupied last'))
  await until('the miss', () => hooks.lines().includes('cache_miss cache-empty'))
  assert.equal(hooks.lines().filter((line) => line.startsWith('cache_miss')).length, 1)
})

test('pusher-js gets the last event of a private and of an encrypted cache channel, or the miss', async () => {
  for (const name of ['private-cache-js', 'private-encrypted-cache-js']) {
    const js = await world.js(jsDefaults(world.host, world.port, world.library))
    const heard: string[] = []
    const empty = js.subscribe(`${name}-empty`)
    empty.bind('pusher:cache_miss', () => heard.push('miss'))
    await until('the miss', () => heard.length === 1)
    await world.library.trigger(name, 'e', { n: 1 })
    const channel = js.subscribe(name)
    channel.bind('e', (data: unknown) => heard.push(JSON.stringify(data)))
    await until('the event', () => heard.length === 2)
    assert.deepEqual(heard, ['miss', '{"n":1}'])
    js.disconnect()
  }
})

/** A bus whose answer to what was kept comes when the test says so, as over a network. */
class SlowBus extends LocalBus {
  readonly answers: (() => void)[] = []

  override async kept<T>(topic: Topic<T>): Promise<RetainedNews<T> | undefined> {
    const kept = await super.kept(topic)
    await new Promise<void>((resolve) => this.answers.push(resolve))
    return kept
  }
}

test('an event that is triggered while a subscriber waits for the last one is neither lost nor doubled', async () => {
  const bus = new SlowBus((error) => assert.fail(String(error)))
  await using slow = await startPusher({ bus })
  const clients = [await slow.raw().opened(), await slow.raw().opened()]
  await slow.library.trigger('cache-race', 'old', {})
  for (const client of clients) client.subscribe('cache-race')
  await until('the question', () => bus.answers.length === 1)
  await slow.library.trigger('cache-race', 'new', {})
  bus.answers[0]?.()
  for (const client of clients) {
    await client.next('pusher_internal:subscription_succeeded')
    await client.next('new')
    assert.deepEqual(await client.settled(), [])
  }
  assert.equal(bus.answers.length, 1, 'those who ask at once share a question')
})

test('a client that asks for a long event again and again is slowed down by its length', async () => {
  const limits = new Limits(true, () => 0)
  await using limited = await startPusher({ limits })
  await limited.library.trigger('cache-long', 'e', 'x'.repeat(10_000))
  const client = await limited.raw().opened()
  for (let i = 0; i < 1_000; i++) {
    client.subscribe('cache-long')
    client.say('pusher:unsubscribe', { channel: 'cache-long' })
  }
  await until('it to be told', () => client.messages.some(({ data }) => data?.code === 4301))
  // The client may ask 2,000 things at once: each event could have counted as one.
  assert.ok(client.messages.filter(({ event }) => event === 'e').length < 200)
})

/** A bus whose news travels when the test says so: what is kept is known before. */
class LateBus extends LocalBus {
  readonly parcels: (() => void)[] = []

  override publish<T>(topic: Topic<T>, news: T): void {
    this.parcels.push(() => super.publish(topic, news))
  }
}

test('an event that a subscriber began with does not come again when its news arrives', async () => {
  const bus = new LateBus((error) => assert.fail(String(error)))
  await using late = await startPusher({ bus })
  const [early, client] = [await late.raw().opened(), await late.raw().opened()]
  await early.subscribed('cache-late')
  await early.next('pusher:cache_miss')
  await late.library.trigger('cache-late', 'e', {})
  await client.subscribed('cache-late')
  await client.next('e')
  for (const travel of bus.parcels) travel()
  await early.next('e')
  assert.deepEqual(await client.settled(), [])
})

test('a subscriber that leaves while it waits for the last event leaves nothing behind', async () => {
  const bus = new SlowBus((error) => assert.fail(String(error)))
  await using slow = await startPusher({ bus })
  const client = await slow.raw().opened()
  client.subscribe('presence-cache-race', '{"user_id":"ann"}')
  await until('the question', () => bus.answers.length === 1)
  await client.close()
  await until('its end', () => slow.server.countConnections() === 0)
  bus.answers[0]?.()
  await until('it to be forgotten', async () => (await bus.presence.names('pusher:')).length === 0)
})
