import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Limits } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'
import {
  CREDENTIALS,
  jsDefaults,
  localBus,
  PusherJs,
  type PusherWorld,
  RawClient,
  startPusher,
} from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

test('a connection is established with a socket id and an activity timeout, encoded twice', async () => {
  const client = world.raw()
  const { raw, data } = await client.next('pusher:connection_established')
  assert.equal(typeof raw, 'string')
  assert.match(String(data.socket_id), /^\d+\.\d+$/)
  assert.equal(data.activity_timeout, 30)
})

test('no two connections have the same socket id', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => world.raw().opened()))
  assert.equal(new Set(clients.map(({ socketId }) => socketId)).size, 20)
})

const REFUSALS = [
  { name: 'an unknown key', key: 'nobody', query: 'protocol=7', code: 4001 },
  { name: 'a prototype name as key', key: '__proto__', query: 'protocol=7', code: 4001 },
  { name: 'no protocol version', query: 'client=js', code: 4008 },
  { name: 'a protocol version that is no number', query: 'protocol=seven', code: 4006 },
  { name: 'a protocol version of old', query: 'protocol=3', code: 4007 },
  { name: 'a protocol version to come', query: 'protocol=8', code: 4007 },
]

for (const { name, key, query, code } of REFUSALS) {
  test(`${name} is refused with ${code}, as an error and as the close code`, async () => {
    const client = world.raw(query, key)
    const { data } = await client.next('pusher:error')
    assert.equal(data.code, code)
    assert.equal((await client.gone()).code, code)
  })
}

for (const protocol of [4, 5, 6, 7]) {
  test(`protocol version ${protocol} is served`, async () => {
    const client = await world.raw(`protocol=${protocol}`).opened()
    assert.equal((await client.subscribed('news')).channel, 'news')
  })
}

test('a path that is not /app/<key> is not served', async () => {
  for (const path of ['/app', '/app/', '/app/key/more', '/apps']) {
    const client = new RawClient(`ws://${world.host}:${world.port}${path}`)
    assert.equal((await client.gone()).code, 1006)
  }
})

test('a ping is answered by a pong', async () => {
  const client = await world.raw().opened()
  client.say('pusher:ping', {})
  assert.deepEqual((await client.next('pusher:pong')).data, {})
})

const UNFIT = [
  ['text that is no JSON', 'hello'],
  ['JSON that is no object', '[1]'],
  ['null', 'null'],
  ['a message without an event', '{}'],
  ['an event that is no string', '{"event":1}'],
  ['an unknown event of the protocol', '{"event":"pusher:nothing"}'],
  ['an internal event', '{"event":"pusher_internal:member_added","channel":"presence-a","data":"{}"}'],
  ['an event that is not a client event', '{"event":"hello","channel":"private-a","data":{}}'],
  ['a subscription without a channel', '{"event":"pusher:subscribe","data":{}}'],
  ['a subscription without data', '{"event":"pusher:subscribe"}'],
  ['a sign-in without data', '{"event":"pusher:signin","data":{}}'],
  ['an event name with a NUL', '{"event":"client-\\u0000","channel":"private-a","data":{}}'],
] as const

for (const [name, text] of UNFIT) {
  test(`${name} gets an error without a code, and the connection lives`, async () => {
    const client = await world.raw().opened()
    client.ws.send(text)
    const { data, raw } = await client.next('pusher:error')
    assert.equal(typeof raw, 'object')
    assert.equal(data.code, null)
    assert.equal(typeof data.message, 'string')
    assert.deepEqual(await client.settled(), [])
  })
}

test('a message that is too large closes the connection with 1009', async () => {
  const client = await world.raw().opened()
  client.ws.send(JSON.stringify({ event: 'client-a', data: 'x'.repeat(200_000) }))
  assert.equal((await client.gone()).code, 1009)
})

test('a silent client is pinged, and closed with 4201 when it stays silent', async () => {
  const timing = { activityTimeout: 0.1, grace: 0.05, pongTimeout: 0.1 }
  await using quick = await startPusher({ timing })
  const client = await quick.raw().opened()
  await client.next('pusher:ping')
  assert.equal((await client.next('pusher:error')).data.code, 4201)
  assert.equal((await client.gone()).code, 4201)
})

test('a client that answers pings, by event or by frame, is kept', async () => {
  const timing = { activityTimeout: 0.1, grace: 0.05, pongTimeout: 5 }
  await using quick = await startPusher({ timing })
  const byEvent = await quick.raw().opened()
  const byFrame = await quick.raw().opened()
  for (let round = 0; round < 3; round++) {
    const [ping] = await Promise.all([byEvent.next('pusher:ping'), byFrame.next('pusher:ping')])
    assert.deepEqual(ping.data, {})
    byEvent.say('pusher:pong', {})
    byFrame.ws.ping()
  }
  assert.deepEqual(await byEvent.settled(), [])
  assert.deepEqual(await byFrame.settled(), [])
})

test('pusher-js keeps an idle connection by itself', async () => {
  const timing = { activityTimeout: 0.1, grace: 0.05, pongTimeout: 5 }
  await using quick = await startPusher({ timing })
  const js = await quick.js()
  let pongs = 0
  js.connection.bind('message', ({ event }: { event: string }) => {
    if (event === 'pusher:pong') pongs++
  })
  await until('pusher-js to ask for three pongs', () => pongs >= 3)
  assert.equal(js.connection.state, 'connected')
})

test('over capacity the next client is told to come back later', async () => {
  await using small = await startPusher({ maxConnections: 1 })
  const first = await small.raw().opened()
  const second = small.raw()
  assert.equal((await second.next('pusher:error')).data.code, 4100)
  assert.equal((await second.gone()).code, 4100)
  await first.close()
  await until('room for one', () => small.server.countConnections() === 0)
  await small.raw().opened()
})

test('past the quota of the application, over all nodes, the next client is told to stay away', async () => {
  const options = { bus: localBus(), connectionQuota: 3 }
  await using one = await startPusher(options)
  await using two = await startPusher(options)
  // All clients come at once: those for whom there is room are not refused because of the others.
  const clients = Array.from({ length: 6 }, () => one.raw())
  await until('all to be answered', () => clients.every(({ messages }) => messages.length > 0))
  const welcome = clients.filter(({ messages }) => messages[0]?.event === 'pusher:connection_established')
  assert.equal(welcome.length, 3)
  for (const client of clients.filter((each) => !welcome.includes(each))) {
    assert.equal((await client.next('pusher:error')).data.code, 4004)
    assert.deepEqual(await client.gone(), { code: 4004, reason: 'Application is over connection quota' })
  }
  assert.equal((await two.raw().gone()).code, 4004)
  await welcome[0]?.close()
  await until(
    'room for one',
    async () => (await options.bus.presence.countHolders('pusher:connections')) === 2,
  )
  const next = await two.raw().opened()
  await next.subscribed('news')
})

test('pusher-js does not come back to an application that is over its quota', async () => {
  await using full = await startPusher({ connectionQuota: 1 })
  await full.raw().opened()
  const js = new PusherJs(CREDENTIALS.key, jsDefaults(full.host, full.port, full.library))
  await until('the end', () => js.connection.state === 'disconnected')
})

test('a message that comes before its client is admitted is answered afterwards', async () => {
  await using world = await startPusher({ connectionQuota: 1 })
  const client = world.raw()
  client.ws.on('open', () => client.subscribe('news'))
  await client.next('pusher:connection_established')
  await client.next('pusher_internal:subscription_succeeded')
})

test('an address that connects too often is told to come back later', async () => {
  const limits = new Limits(true, () => 0)
  while (limits.take('request', '127.0.0.1') === 0);
  await using limited = await startPusher({ limits })
  assert.equal((await limited.raw().gone()).code, 4100)
})

test('a connection that sends too much is told so', async () => {
  await using limited = await startPusher({ limits: new Limits(true, () => 0) })
  const client = await limited.raw().opened()
  for (let i = 0; i < 2_001; i++) client.say('pusher:ping')
  await until('the error', () => client.messages.some(({ data }) => data.code === 4301))
})

test('a closing server tells its clients to come back at once', async () => {
  await using other = await startPusher()
  const client = await other.raw().opened()
  await client.subscribed('news')
  await other.server.close()
  assert.equal((await client.next('pusher:error')).data.code, 4200)
  assert.equal((await client.gone()).code, 4200)
  assert.deepEqual(await other.bus.presence.names(''), [])
})

test('the application finds a connection by its socket id, hears of its end, and may end it', async () => {
  const client = await world.raw().opened()
  const connection = world.server.findConnection(client.socketId)
  assert.ok(connection)
  let ends = 0
  connection.onClose(() => ends++)
  connection.terminate()
  assert.equal((await client.gone()).code, 4009)
  assert.equal(ends, 1)
  connection.onClose(() => ends++)
  assert.equal(ends, 2)
  assert.equal(world.server.findConnection(client.socketId), undefined)
})
