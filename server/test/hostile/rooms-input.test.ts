import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import WebSocket from 'ws'
import { deep } from '../support/deep.ts'
import { ask, RawListener, register, SocketIoListener, UNKNOWN_USER } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await startParlance()
const { url } = server
after(() => server.close())
const ann = await register(url, 'ann')
const gid = await ann.createRoom()

const raw = () => new RawListener(server.tcpPort ?? 0)
const handshake = (uuid: string, room: string) => JSON.stringify({ uuid, room_gid: room })
const isAlive = async () => assert.ok((await ann.history(gid)).length >= 0)

describe('HTTP under arbitrary input', { concurrency: true }, () => {
  const anything = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.string({ unit: 'binary' }),
    fc
      .record(
        {
          room_gid: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
          msg: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
          __proto__: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((object) => JSON.stringify(object)),
    fc.nat({ max: 50_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  )

  test('every body gets 200 and an answer in the dialect\u2019s form, none an internal error', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom('/create-room', '/send-message'), async (body, path) => {
        const { status, answer } = await ask(url, path, { method: 'POST', body, headers: { user: ann.uuid } })
        assert.equal(status, 200)
        if (!answer.ok) assert.ok([400, 404].includes(answer.error?.code ?? 0), JSON.stringify(answer))
      }),
      { numRuns: deep(150) },
    )
  })

  test('register and login answer any `login` in form', async () => {
    const field = fc.oneof(fc.string({ unit: 'binary', minLength: 0 }), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/register', '/login'),
        field,
        field,
        async (path, login, password) => {
          const { status, answer } = await ask(url, path, {
            method: 'POST',
            body: JSON.stringify({ login, password }),
          })
          assert.equal(status, 200)
          assert.equal(answer.error?.code, 400)
        },
      ),
      { numRuns: deep(60) },
    )
  })

  test('any query and any credential get an answer in form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webQueryParameters(), fc.string(), async (query, user) => {
        const headers = { user: encodeURIComponent(user) }
        assert.deepEqual((await ask(url, `/get-room-history?${query}`, { headers })).answer, UNKNOWN_USER)
        const { answer } = await ask(url, `/get-room-history?${query}`, { headers: { user: ann.uuid } })
        assert.ok([400, 404].includes(answer.error?.code ?? 0))
      }),
      { numRuns: deep(100) },
    )
  })
})

describe('sockets under arbitrary input', { concurrency: true }, () => {
  test('raw bytes are answered with nothing but a close', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), async (bytes) => {
        // A capital letter would be HTTP.
        const socket = raw().write(Buffer.concat([Buffer.from('{'), Buffer.from(bytes), Buffer.from('}]\n')]))
        await until('the end', () => socket.isClosed || bytes.length < 1024)
        assert.equal(socket.heard, '')
        socket.end()
      }),
      { numRuns: deep(60) },
    )
    await isAlive()
  })

  test('any argument of auth but a valid pass is a disconnection', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.json(), fc.string()), async (argument) => {
        const socket = new SocketIoListener(url)
        assert.equal(await socket.auth(argument), 'refused')
        assert.deepEqual(socket.payloads('ack'), [])
      }),
      { numRuns: deep(40) },
    )
    await isAlive()
  })

  test('packets that are no packets end their own connection at worst', async () => {
    const packets = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `42${text}`),
        fc.json().map((json) => `42["auth",${json}]`),
        fc.json().map((json) => `421${json}`),
        fc.constant('451-["auth",{"_placeholder":true,"num":0}]'),
      ),
      { minLength: 1, maxLength: 5 },
    )
    await fc.assert(
      fc.asyncProperty(packets, fc.constantFrom(3, 4), async (sent, version) => {
        const socket = new WebSocket(
          `${url.replace('http', 'ws')}/socket.io/?EIO=${version}&transport=websocket`,
        )
        let isOver = false
        socket.on('error', () => undefined)
        socket.on('close', () => {
          isOver = true
        })
        await until('the connection', () => socket.readyState === WebSocket.OPEN)
        socket.send('40')
        for (const packet of sent) socket.send(packet)
        socket.close()
        await until('the close', () => isOver)
      }),
      { numRuns: deep(40) },
    )
    await isAlive()
  })

  test('auth many times over at once is answered each time, and announces nobody twice', async () => {
    const socket = new SocketIoListener(url)
    await socket.entered(ann, gid)
    for (let n = 0; n < 300; n++) void socket.auth(handshake(ann.uuid, gid))
    await until('every answer', () => socket.payloads('ack').length === 300)
    assert.deepEqual(socket.payloads('join_room'), [])
    await ann.send(gid, 'once')
    await until('the message', () => socket.texts.length > 0)
    assert.deepEqual(socket.texts, ['once'])
    socket.end()
  })
})

describe('peers that do not read', () => {
  test('are closed when their queue is full, and others go on', async () => {
    const [ben, cat] = await Promise.all([register(url, 'ben'), register(url, 'cat')])
    const room = await ben.createRoom()
    const deaf = await raw().write(handshake(ben.uuid, room)).entered(ben, room)
    const witness = await raw().write(handshake(cat.uuid, room)).entered(ben, room)
    deaf.socket.pause()
    const account = await server.chat.accounts.findByUsername(cat.login)
    const conversation = await server.chat.conversations.findByGid(room)
    assert.ok(account && conversation)
    const standing = await server.chat.conversations.enter(account, conversation)
    const body = 'x'.repeat(8_000)
    for (let n = 0; n < 40; n++) {
      await Promise.all(
        Array.from({ length: 50 }, () => server.chat.messages.send(account, standing, { body })),
      )
    }
    await until('the witness to have heard all', () => witness.messages.length === 2000, 10_000)
    deaf.socket.resume()
    await deaf.closed()
    assert.ok(deaf.messages.length < 2000)
    witness.end()
  })
})
