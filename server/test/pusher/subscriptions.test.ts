import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { until } from '../support/until.ts'
import { type PusherWorld, sign, startPusher } from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

test('a public channel is subscribed to without a signature', async () => {
  const client = await world.raw().opened()
  client.say('pusher:subscribe', { channel: 'news' })
  const { channel, raw } = await client.next('pusher_internal:subscription_succeeded')
  assert.equal(channel, 'news')
  assert.equal(raw, '{}')
})

test('data of the protocol that is encoded twice is understood', async () => {
  const client = await world.raw().opened()
  client.say('pusher:subscribe', JSON.stringify({ channel: 'news' }))
  await client.next('pusher_internal:subscription_succeeded')
})

for (const channel of ['private-chat_1_2', 'private-encrypted-chat']) {
  test(`${channel} needs the signature of this connection, channel and secret`, async () => {
    const client = await world.raw().opened()
    const good = sign(client.socketId, channel)
    const wrong = [
      undefined,
      '',
      'key',
      good.slice(0, -1),
      `${good}0`,
      good.toUpperCase(),
      good.replace('key:', 'other:'),
      sign('1.1', channel),
      sign(client.socketId, 'private-other'),
      sign(client.socketId, channel, '{}'),
    ]
    for (const auth of wrong) {
      client.say('pusher:subscribe', { channel, auth })
      assert.equal((await client.next('pusher:error')).data.code, 4009)
      const refusal = await client.next('pusher:subscription_error')
      assert.equal(refusal.channel, channel)
      assert.equal(refusal.data.type, 'AuthError')
      assert.equal(refusal.data.status, 401)
    }
    client.say('pusher:subscribe', { channel, auth: good })
    assert.equal((await client.next('pusher_internal:subscription_succeeded')).channel, channel)
  })
}

test('a signature is the documented one', () => {
  assert.deepEqual(world.server.authorizeChannel('1234.5678', 'private-chat_1_2'), {
    auth: 'key:8fe9d6522bf08e30f239a600a9e60c4e3b9d2eeee6e5658cd510beebdfda5e9b',
  })
  const member = '{"user_id":"1"}'
  assert.deepEqual(
    world.server.authorizeChannel('1234.5678', 'presence-chat', member),
    world.library.authorizeChannel('1234.5678', 'presence-chat', { user_id: '1' }),
  )
})

const BAD_NAMES = [
  '',
  'with space',
  'slash/',
  'ü',
  '#server-to-user-',
  'a'.repeat(201),
  'private-\n',
  '#other',
]

for (const name of BAD_NAMES) {
  test(`${JSON.stringify(name.slice(0, 20))} is no channel's name`, async () => {
    const client = await world.raw().opened()
    client.subscribe(name)
    assert.equal((await client.next('pusher:error')).data.code, 4300)
    assert.equal((await client.next('pusher:subscription_error')).data.type, 'InvalidChannel')
  })
}

test('a channel name has up to 200 characters', async () => {
  const client = await world.raw().opened()
  const name = '-_=@,.;aZ9'.repeat(20)
  assert.equal((await client.subscribed(name)).channel, name)
})

test('subscribing twice is an error without a code; the subscription lives', async () => {
  const client = await world.raw().opened()
  await client.subscribed('news')
  client.subscribe('news')
  assert.equal((await client.next('pusher:error')).data.code, null)
  await world.server.trigger(['news'], 'e', '1')
  await client.next('e')
  assert.deepEqual(await client.settled(), [])
})

test('after unsubscribing nothing more comes, until one subscribes again', async () => {
  const client = await world.raw().opened()
  await client.subscribed('news')
  client.say('pusher:unsubscribe', { channel: 'news' })
  await client.settled()
  await world.server.trigger(['news'], 'lost', '1')
  await client.subscribed('news')
  await world.server.trigger(['news'], 'seen', '2')
  assert.equal((await client.next('seen')).raw, '2')
})

test('unsubscribing from what one is not on is an error without a code', async () => {
  const client = await world.raw().opened()
  client.say('pusher:unsubscribe', { channel: 'news' })
  assert.equal((await client.next('pusher:error')).data.code, null)
})

test('one connection has 2000 subscriptions at most', async () => {
  const client = await world.raw().opened()
  for (let i = 0; i <= 2_000; i++) client.say('pusher:subscribe', { channel: `c${i}` })
  const refusal = await until('the refusal', () =>
    client.messages.find(({ event }) => event === 'pusher:subscription_error'),
  )
  assert.equal(refusal.channel, 'c2000')
  assert.equal(refusal.data.type, 'LimitReached')
})

test('events reach all subscribers in one order, whichever way they come', async () => {
  const clients = await Promise.all([world.raw().opened(), world.raw().opened(), world.raw().opened()])
  for (const client of clients) await client.subscribed('order')
  const sink = world.server.channelSink('order')
  const { Batch } = await import('../../src/delivery/index.ts')
  const { pusherFrame } = await import('../../src/pusher/index.ts')
  const frame = (n: number) => pusherFrame('e', 'order', String(n))
  const shared = new Batch()
  shared.add(frame(0))
  sink.push(shared)
  // The maker of the batch may still add to it.
  shared.add(frame(1))
  world.server.deliver('order', frame(2))
  world.server.deliver('order', frame(3))
  assert.ok(shared.isSealed)
  const next = new Batch()
  next.add(frame(4))
  sink.push(next)
  await world.server.trigger(['order'], 'e', '5', { exceptSocketId: '1.1' })
  assert.ok(next.isSealed)
  sink.send(frame(6))
  for (const client of clients) {
    for (let n = 0; n < 7; n++) assert.equal((await client.next('e')).raw, String(n))
  }
})

test('a subscriber that comes between two events of one turn gets the second alone', async () => {
  const [early, late] = await Promise.all([world.raw().opened(), world.raw().opened()])
  await early.subscribed('turn')
  const { Batch } = await import('../../src/delivery/index.ts')
  const { pusherFrame } = await import('../../src/pusher/index.ts')
  let batch: InstanceType<typeof Batch> | undefined
  let count = 0
  const sink = world.server.channelSink('turn')
  // As an audience does: into the open batch, or a new one.
  const publish = () => {
    const frame = pusherFrame('e', 'turn', String(count++))
    if (batch && !batch.isSealed) return batch.add(frame)
    batch = new Batch()
    batch.add(frame)
    sink.push(batch)
  }
  const timer = setInterval(publish, 0)
  await late.subscribed('turn')
  await until('more events', () => late.messages.length > 10)
  clearInterval(timer)
  publish()
  const last = String(count - 1)
  for (const client of [early, late]) {
    await until('the last event', () => client.messages.some(({ raw }) => raw === last))
    const seen = client.messages.filter(({ event }) => event === 'e').map(({ raw }) => Number(raw))
    assert.deepEqual(
      seen,
      Array.from(seen, (_, i) => (seen[0] ?? 0) + i),
    )
  }
})

test('the application hears of a first subscriber before that is answered, and of the last one’s leaving', async () => {
  await using own = await startPusher()
  const heard: string[] = []
  const { promise: prepared, resolve: prepare } = Promise.withResolvers<void>()
  own.server.onOccupancy((channel, isOccupied) => {
    heard.push(`${channel} ${isOccupied}`)
    return prepared
  })
  const [first, second] = await Promise.all([own.raw().opened(), own.raw().opened()])
  first.subscribe('a')
  second.subscribe('a')
  await until('the application to hear', () => heard.length > 0)
  // A connection without subscriptions is answered meanwhile.
  await (await own.raw().opened()).settled()
  assert.ok(
    [first, second].every(({ messages }) => messages.every(({ event }) => !event.endsWith('succeeded'))),
  )
  prepare()
  await first.next('pusher_internal:subscription_succeeded')
  await second.next('pusher_internal:subscription_succeeded')
  assert.deepEqual(heard, ['a true'])
  await first.close()
  second.say('pusher:unsubscribe', { channel: 'a' })
  await until('the channel to be empty', () => heard.length === 2)
  assert.deepEqual(heard, ['a true', 'a false'])
})

test('a subscription that the application could not prepare is refused, and may be asked for again', async () => {
  await using own = await startPusher({ log: pino({ level: 'silent' }) })
  let isDown = true
  own.server.onOccupancy(async (_channel, isOccupied) => {
    if (isOccupied && isDown) throw new Error('the store is away')
  })
  const client = await own.raw().opened()
  client.subscribe('a')
  assert.equal((await client.next('pusher:error')).data.code, 4300)
  const { channel, data } = await client.next('pusher:subscription_error')
  assert.deepEqual([channel, data.type, data.status], ['a', 'Unavailable', 503])
  isDown = false
  client.subscribe('a')
  await client.next('pusher_internal:subscription_succeeded')
})

test('pusher-js subscribes, receives, leaves out the sender, and unsubscribes', async () => {
  const [ann, bob] = [await world.js(), await world.js()]
  const seen: unknown[] = []
  const channels = [ann, bob].map((client, i) => {
    const channel = client.subscribe('private-js')
    channel.bind('hello', (data: unknown) => seen.push([i, data]))
    return channel
  })
  await until('both to be subscribed', () => channels.every(({ subscribed }) => subscribed))
  await world.library.trigger('private-js', 'hello', { n: 1 })
  await until('both to hear', () => seen.length === 2)
  await world.library.trigger('private-js', 'hello', { n: 2 }, { socket_id: ann.connection.socket_id })
  await until('the other to hear', () => seen.length === 3)
  assert.deepEqual(seen[2], [1, { n: 2 }])
  bob.unsubscribe('private-js')
  await until('bob to be off', async () => {
    const answer = await world.library.get({
      path: '/channels/private-js',
      params: { info: 'subscription_count' },
    })
    const { subscription_count } = (await answer.json()) as { subscription_count: number }
    return subscription_count === 1
  })
})

test('pusher-js tells its channel of a refused subscription', async () => {
  const js = await world.js({
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '',
      customHandler: (_params, callback) => callback(null, { auth: 'key:forged' }),
    },
  })
  const errors: { status?: number }[] = []
  js.subscribe('private-secret').bind('pusher:subscription_error', (error: object) => errors.push(error))
  const codes: unknown[] = []
  js.connection.bind('error', (error: { data: { code: number } }) => codes.push(error.data.code))
  await until('the channel to hear', () => errors.length > 0)
  assert.equal(errors[0]?.status, 401)
  assert.deepEqual(codes, [4009])
  assert.equal(js.connection.state, 'connected')
})
