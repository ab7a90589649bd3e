import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { parseBatch, parseTrigger } from '../../src/pusher/api-wire.ts'
import { keyIn, refusedHandshake } from '../../src/pusher/handshake.ts'
import { parseMessage, parseUser } from '../../src/pusher/wire.ts'
import { CREDENTIALS, type PusherWorld, sign, startPusher } from '../pusher/pusher-world.ts'
import { until } from '../support/until.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

const EVENTS = [
  'pusher:ping',
  'pusher:pong',
  'pusher:subscribe',
  'pusher:unsubscribe',
  'pusher:signin',
  'pusher:',
  'client-e',
  '__proto__',
]
const word = fc.oneof(
  fc.constantFrom(
    ...EVENTS,
    'presence-a',
    'private-a',
    'private-encrypted-a',
    '#server-to-user-a',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  { maxDepth: 3 },
  word,
  fc.jsonValue(),
  fc.double(),
  fc.bigInt().map(String),
)
const record = (keys: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...keys, '__proto__', 'toString'), fc.string()), value, {
    maxKeys: 6,
  })

/** What a client might send, from nearly right to noise. */
const frame: fc.Arbitrary<string> = fc.oneof(
  fc
    .record(
      {
        event: fc.oneof(word, value),
        channel: value,
        data: fc.oneof(record(['channel', 'auth', 'channel_data', 'user_data']), value),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

test('whatever a client says is parsed or refused, never thrown at', () => {
  fc.assert(
    fc.property(frame, (text) => {
      const message = parseMessage(text)
      if (message.type === 'client_event')
        assert.ok(message.event.startsWith('client-') && message.data.isWellFormed())
      if (message.type === 'invalid') assert.ok(message.why.length > 0)
    }),
    { numRuns: 2_000 },
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
    { numRuns: 2_000 },
  )
})

test('a body of the HTTP API is parsed or refused with 400 or 413', () => {
  const fields = ['name', 'data', 'channel', 'channels', 'socket_id', 'info', 'batch']
  const body = fc.oneof(
    record(fields).map((data) => JSON.stringify(data)),
    fc.array(record(fields)).map((batch) => JSON.stringify({ batch })),
    fc.string(),
  )
  fc.assert(
    fc.property(body, (text) => {
      for (const parse of [() => parseTrigger(text, new URLSearchParams(text)), () => parseBatch(text)]) {
        try {
          parse()
        } catch (error) {
          assert.ok(error instanceof Error && 'status' in error, String(error))
          assert.ok(error.status === 400 || error.status === 413)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a handshake’s path and query are served or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, query) => {
      keyIn(`/app/${key}`)
      const refusal = refusedHandshake({ key: 'key', expectedKey: 'key', url: `/app/key?protocol=${query}` })
      assert.ok(refusal === undefined || (refusal.code >= 4001 && refusal.code <= 4008))
    }),
    { numRuns: 1_000 },
  )
})

test('a connection lives through anything that fits into a frame, and learns of every error', async () => {
  const client = await world.raw().opened()
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 10 }), async (texts) => {
      for (const text of texts) client.ws.send(text)
      for (const { event, data } of await client.settled()) {
        if (event !== 'pusher:error') continue
        assert.equal(typeof data.message, 'string')
        assert.notEqual(data.message, 'Internal error')
      }
    }),
    { numRuns: 200 },
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

test('a signature for one channel, connection or purpose is worth nothing for another', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  const good = sign(ann.socketId, 'private-ann')
  const stolen = [
    ['private-ann', good],
    ['private-ann', sign(mallory.socketId, 'private-mallory')],
    // The separator is no way out: `a:b` and `c` sign like `a` and `b:c`.
    ['private-ann', sign(mallory.socketId, 'private-ann', '')],
    ['presence-ann', sign(mallory.socketId, 'presence-ann')],
  ] as const
  for (const [channel, auth] of stolen) {
    mallory.say('pusher:subscribe', {
      channel,
      auth,
      ...(channel === 'presence-ann' && { channel_data: '{"user_id":"ann"}' }),
    })
    assert.equal((await mallory.next('pusher:error')).data.code, 4009)
    await mallory.next('pusher:subscription_error')
  }
  await world.server.trigger(['private-ann', 'presence-ann'], 'secret', '1')
  assert.deepEqual(await mallory.settled(), [])
})

test('a client cannot speak with the server’s voice', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-voice')
  for (const event of [
    'pusher_internal:member_removed',
    'pusher:error',
    'new_message',
    'Client-e',
    ' client-e',
  ]) {
    mallory.say(event, { a: 1 }, 'private-voice')
  }
  await mallory.settled()
  assert.deepEqual(await ann.settled(), [])
})

test('an unsigned client event of one who has left reaches nobody', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-left')
  mallory.say('pusher:unsubscribe', { channel: 'private-left' })
  mallory.say('client-e', {}, 'private-left')
  assert.equal((await mallory.next('pusher:error')).data.code, 4300)
  assert.deepEqual(await ann.settled(), [])
})

test('after it was told to go a connection neither hears nor says anything more', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-end')
  world.server.findConnection(mallory.socketId)?.terminate()
  mallory.say('client-e', {}, 'private-end')
  await world.server.trigger(['private-end'], 'after', '1')
  await mallory.gone()
  assert.deepEqual(
    (await ann.settled()).map(({ event }) => event),
    ['after'],
  )
  assert.ok(mallory.messages.every(({ event }) => event !== 'after'))
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

test('who does not read is disconnected, and the others are not held up', async () => {
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

/** Signed as it stands, however strange. */
function rawCall(
  method: string,
  path: string,
  query: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const base = `auth_key=${CREDENTIALS.key}&auth_timestamp=${Math.floor(Date.now() / 1000)}&auth_version=1.0&body_md5=${createHash('md5').update(body).digest('hex')}`
  const pairs = [...new URLSearchParams(`${base}&${query}`)].map(
    ([key, text]) => [key.toLowerCase(), text] as const,
  )
  const signed = pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map((pair) => pair.join('='))
  const signature = createHmac('sha256', CREDENTIALS.secret)
    .update(`${method}\n${path}\n${signed.join('&')}`)
    .digest('hex')
  return new Promise((resolve, reject) => {
    const url = `${path}?${base}&${query}&auth_signature=${signature}`
    const call = httpRequest({ host: world.host, port: world.port, method, path: url }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
    call.on('error', reject).end(body)
  })
}

test('the HTTP API answers any signed request with JSON or an explanation', async () => {
  const path = fc.constantFrom(
    '/events',
    '/batch_events',
    '/channels',
    '/channels/presence-a',
    '/channels/%E0%A4%A',
    '/users/a/terminate_connections',
  )
  const query = fc.dictionary(
    fc.constantFrom('info', 'filter_by_prefix', 'name', 'data', 'channel', 'channels[]', '__proto__'),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE'),
      path,
      query,
      frame,
      async (method, below, params, body) => {
        const { status, text } = await rawCall(
          method,
          `/apps/7${below}`,
          new URLSearchParams(params).toString(),
          method === 'POST' ? body : '',
        )
        assert.ok([200, 400, 401, 404, 405, 413].includes(status), `${status} ${text}`)
        if (status === 200) JSON.parse(text)
        else assert.ok(text.length > 0)
      },
    ),
    { numRuns: 300 },
  )
})

test('without the secret nothing of the HTTP API answers, whatever is tried', async () => {
  const query = fc.dictionary(
    fc.constantFrom(
      'auth_key',
      'auth_timestamp',
      'auth_version',
      'auth_signature',
      'AUTH_SIGNATURE',
      'body_md5',
      '__proto__',
    ),
    fc.oneof(fc.constantFrom(CREDENTIALS.key, '1.0', String(Math.floor(Date.now() / 1000)), ''), fc.string()),
  )
  await fc.assert(
    fc.asyncProperty(query, async (params) => {
      const response = await fetch(`${world.url}/apps/7/channels?${new URLSearchParams(params)}`)
      assert.equal(response.status, 401)
      await response.text()
    }),
    { numRuns: 200 },
  )
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
