import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { keyIn, refusedHandshake } from '../../src/pusher/handshake.ts'
import { parseMessage, parseUser } from '../../src/pusher/wire.ts'
import { startPusher } from '../pusher/pusher-world.ts'
import { deep } from '../support/deep.ts'
import { until } from '../support/until.ts'
import { frame, record } from './pusher-noise.ts'

const world = await startPusher()
after(() => world.close())

test('any frame of a client is parsed or refused, and never throws', () => {
  fc.assert(
    fc.property(frame, (text) => {
      const message = parseMessage(text)
      if (message.type === 'client_event')
        assert.ok(message.event.startsWith('client-') && message.data.isWellFormed())
      if (message.type === 'invalid') assert.ok(message.why.length > 0)
    }),
    { numRuns: deep(2_000) },
  )
})

test('a user’s data is parsed into an id and JSON, or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        record(['user_id', 'user_info', 'id']).map((data) => JSON.stringify(data)),
        fc.string(),
      ),
      (text) => {
        const member = parseUser(text, 'user_id')
        if (!member) return
        assert.ok(member.userId.length > 0 && member.userId.length <= 128 && member.userId.isWellFormed())
        JSON.parse(member.info)
      },
    ),
    { numRuns: deep(2_000) },
  )
})

test('a handshake’s path and query are served or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, query) => {
      keyIn(`/app/${key}`)
      const refusal = refusedHandshake({ key: 'key', expectedKey: 'key', url: `/app/key?protocol=${query}` })
      assert.ok(refusal === undefined || (refusal.code >= 4001 && refusal.code <= 4008))
    }),
    { numRuns: deep(1_000) },
  )
})

/** A wrong signature for a user ends the connection by the protocol (4009): users.test.ts asks for that. */
const harmless = frame.filter((text) => parseMessage(text).type !== 'signin')

test('a connection lives through anything that fits into a frame, and learns of every error', async () => {
  const client = await world.raw().opened()
  await fc.assert(
    fc.asyncProperty(fc.array(harmless, { minLength: 1, maxLength: 10 }), async (texts) => {
      for (const text of texts) client.ws.send(text)
      for (const { event, data } of await client.settled()) {
        if (event !== 'pusher:error') continue
        assert.equal(typeof data.message, 'string')
        assert.notEqual(data.message, 'Internal error')
      }
    }),
    { numRuns: deep(200) },
  )
})

const nested = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth)

const BOMBS = [
  ['arrays', `{"event":"client-e","channel":"private-a","data":${nested('[', ']', 60_000)}}`],
  [
    'objects',
    `{"event":"client-e","channel":"private-a","data":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  ],
  [
    'arrays of a member',
    `{"event":"pusher:subscribe","data":{"channel":"presence-a","channel_data":"${nested('[', ']', 60_000)}"}}`,
  ],
  ['keys', `{"event":"client-e","data":{${Array.from({ length: 9_000 }, (_, i) => `"k${i}":1`).join()}}}`],
] as const

for (const [name, text] of BOMBS) {
  test(`a pile of ${name} is an error`, async () => {
    const client = await world.raw().opened()
    client.ws.send(text)
    assert.notEqual((await client.next('pusher:error')).data.message, 'Internal error')
    assert.ok((await client.settled()).every(({ event }) => event === 'pusher:subscription_error'))
  })
}

test('a binary frame is ignored', async () => {
  const client = await world.raw().opened()
  client.ws.send(Buffer.from('{"event":"pusher:ping"}'))
  assert.deepEqual(await client.settled(), [])
})

test('connections that vanish in the middle of subscribing leave nothing behind', async () => {
  for (let round = 0; round < 30; round++) {
    const client = await world.raw().opened()
    client.subscribe('presence-vanish', '{"user_id":"ann"}')
    client.subscribe('vanish')
    client.ws.terminate()
  }
  await until('all to be forgotten', async () => {
    const names = await world.bus.presence.names('pusher:')
    return !names.some((name) => name.includes('vanish'))
  })
})

test('a client that does not read is disconnected, and the others are not held up', async () => {
  const reader = await world.raw().opened()
  const sleeper = await world.raw().opened()
  for (const client of [reader, sleeper]) await client.subscribed('flood')
  const connections = world.server.countConnections()
  sleeper.ws.pause()
  const data = 'x'.repeat(10_000)
  let sent = 0
  while (world.server.countConnections() === connections && sent < 20_000) {
    for (let i = 0; i < 20; i++, sent++) await world.server.trigger(['flood'], 'e', data)
    await until('the reader', () => reader.messages.filter(({ event }) => event === 'e').length === sent)
  }
  assert.equal(world.server.countConnections(), connections - 1)
  sleeper.ws.resume()
  await sleeper.gone()
})

test('a handshake of noise is refused and harms nobody', async () => {
  const client = await world.raw().opened()
  for (const head of [
    'GET /app/key HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    '\0\xff',
    'GET /app/%zz HTTP/1.1\r\n\r\n',
  ]) {
    const socket = connect(world.port, world.host)
    socket.on('error', () => undefined)
    socket.end(head)
    await until('the answer', () => socket.closed || socket.readableLength > 0 || socket.readableEnded)
    socket.destroy()
  }
  assert.deepEqual(await client.settled(), [])
})
