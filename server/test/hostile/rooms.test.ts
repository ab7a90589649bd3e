import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import WebSocket from 'ws'
import { Handshake } from '../../src/dialects/rooms/handshake.ts'
import { readObject } from '../../src/dialects/rooms/literal.ts'
import { parseAuth } from '../../src/dialects/rooms/wire.ts'
import {
  ask,
  post,
  RawListener,
  type RoomsPerson,
  register,
  SocketIoListener,
  UNKNOWN_ROOM,
  UNKNOWN_USER,
} from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: TestServer
let url: string
let ann: RoomsPerson
let gid: string
before(async () => {
  server = await startParlance()
  url = server.url
  ann = await register(url, 'ann')
  gid = await ann.createRoom()
})
after(() => server.close())

const raw = () => new RawListener(server.tcpPort ?? 0)
const handshake = (uuid: string, room: string) => JSON.stringify({ uuid, room_gid: room })
const isAlive = async () => assert.ok((await ann.history(gid)).length >= 0)

describe('the handshake\u2019s reader', () => {
  const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))

  test('reads any JSON object as JSON.parse does, whatever follows', () => {
    fc.assert(
      fc.property(objects, fc.string(), (object, rest) => {
        const json = JSON.stringify(object)
        assert.deepEqual(readObject(json + rest), { outcome: 'complete', object: JSON.parse(json) })
      }),
    )
  })

  test('reads any object as Python prints it', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const json = JSON.parse(JSON.stringify(object))
        assert.deepEqual(readObject(pythonRepr(json)), { outcome: 'complete', object: json })
      }),
    )
  })

  test('waits for the rest of an object that is cut anywhere', () => {
    fc.assert(
      fc.property(objects, fc.boolean(), fc.nat(), (object, asPython, at) => {
        const text = asPython ? pythonRepr(JSON.parse(JSON.stringify(object))) : JSON.stringify(object)
        assert.deepEqual(readObject(text.slice(0, at % text.length)), { outcome: 'incomplete' })
      }),
    )
  })

  test('makes of anything else an outcome, never an exception', () => {
    const punctuation = fc.string({ unit: fc.constantFrom(...'{}[]:,\'"\\u0x1-+.eE tTfFnN\0\n') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), punctuation), (text) => {
        for (const given of [text, `{${text}`, `{"a":${text}`, `{'${text}`]) {
          const { outcome } = readObject(given)
          assert.ok(['complete', 'incomplete', 'invalid'].includes(outcome))
        }
      }),
    )
  })

  test('reads the same in any segments, and never more than 1,024 bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1500 }),
        fc.array(fc.integer({ min: 1, max: 400 })),
        (noise, cuts) => {
          const bytes = Buffer.concat([
            Buffer.from('{"uuid": "\u00e9", "x": "'),
            Buffer.from(noise),
            Buffer.from('"}'),
          ])
          const whole = new Handshake().push(bytes)
          const pieces = new Handshake()
          let at = 0
          let piecewise: ReturnType<Handshake['push']> = 'incomplete'
          for (const length of [...cuts, bytes.length]) {
            if (piecewise === 'incomplete') piecewise = pieces.push(bytes.subarray(at, at + length))
            at += length
          }
          assert.deepEqual(piecewise, whole)
        },
      ),
    )
    assert.equal(new Handshake().push(Buffer.from(`{${' '.repeat(1023)}}`)), 'refused')
    assert.notEqual(new Handshake().push(Buffer.from(`${handshake('u', 'g')}${' '.repeat(2000)}`)), 'refused')
  })

  test('takes prototype names as keys like any other', () => {
    for (const parse of [(text: string) => new Handshake().push(Buffer.from(text)), parseAuth]) {
      const answer = parse('{"__proto__": {"uuid": "a", "room_gid": "b"}, "constructor": {}}')
      assert.ok(answer === undefined || answer === 'refused')
    }
  })
})

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
      { numRuns: 150 },
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
      { numRuns: 60 },
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
      { numRuns: 100 },
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
      { numRuns: 60 },
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
      { numRuns: 40 },
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
      { numRuns: 40 },
    )
    await isAlive()
  })

  test('auth many times over at once is answered each time, in order', async () => {
    const socket = new SocketIoListener(url)
    await socket.entered(ann, gid)
    await Promise.all(Array.from({ length: 300 }, () => socket.socket.emit('auth', handshake(ann.uuid, gid))))
    await until('every arrival', () => socket.payloads('join_room').length === 300)
    await ann.send(gid, 'once')
    await until('the message', () => socket.texts.length > 0)
    assert.deepEqual(socket.texts, ['once'])
    socket.end()
  })
})

describe('who may speak as whom', { concurrency: true }, () => {
  test('the public uuid opens nothing', async () => {
    const [ben, eve] = await Promise.all([register(url, 'ben'), register(url, 'eve')])
    const room = await ben.createRoom()
    await ben.send(room, 'hello')
    const stolen = (await eve.history(room))[0]?.sender.uuid ?? ''
    assert.deepEqual(
      await post(url, '/send-message', { room_gid: room, msg: 'I am Ben' }, { user: stolen }),
      UNKNOWN_USER,
    )
    assert.deepEqual(
      (await ask(url, `/get-room-history?room_gid=${room}`, { headers: { authorization: stolen } })).answer,
      UNKNOWN_USER,
    )
    const tcp = raw().write(handshake(stolen, room))
    await tcp.closed()
    assert.equal(await new SocketIoListener(url).auth({ uuid: stolen, room_gid: room }), 'refused')
  })

  test('nobody else is ever shown a secret, live or in history', async () => {
    const [ben, eve] = await Promise.all([register(url, 'ben'), register(url, 'eve')])
    const room = await ben.createRoom()
    const tcp = await raw().write(handshake(eve.uuid, room)).entered(eve, room)
    const socket = await new SocketIoListener(url).entered(eve, room)
    const bens = await new SocketIoListener(url).entered(ben, room)
    for (let n = 0; n < 20; n++) await Promise.all([ben.send(room, `${n}`), eve.send(room, `${n}`)])
    bens.end()
    await until(
      'all',
      () =>
        tcp.texts.length === 40 && socket.texts.length === 40 && socket.payloads('leave_room').length === 1,
    )
    const seen = tcp.heard + JSON.stringify(socket.log) + JSON.stringify(await eve.history(room))
    assert.ok(!seen.includes(ben.uuid))
    assert.ok(seen.includes(eve.uuid))
    for (const one of [tcp, socket]) one.end()
  })

  test('a session of another dialect opens nothing here', async () => {
    const account = await server.chat.accounts.findByUsername(ann.login)
    assert.ok(account)
    const foreign = await server.chat.sessions.open(account.accountId, 'native')
    assert.deepEqual(await post(url, '/create-room', {}, { user: foreign }), UNKNOWN_USER)
  })

  test('a room known by its gid but not open stays shut, on every way in', async () => {
    const [ben, cat, eve] = await Promise.all([
      register(url, 'ben'),
      register(url, 'cat'),
      register(url, 'eve'),
    ])
    const find = async ({ login }: RoomsPerson) =>
      (await server.chat.accounts.findByUsername(login))?.accountId ?? assert.fail()
    const opened = await server.chat.conversations.openPrivate(await find(ben), await find(cat))
    const room = opened.conversation.gid
    assert.deepEqual(await eve.send(room, 'let me in'), UNKNOWN_ROOM)
    assert.deepEqual(
      (await ask(url, `/get-room-history?room_gid=${room}`, { headers: { user: eve.uuid } })).answer,
      UNKNOWN_ROOM,
    )
    const tcp = raw().write(handshake(eve.uuid, room))
    await tcp.closed()
    assert.equal(await new SocketIoListener(url).auth({ uuid: eve.uuid, room_gid: room }), 'refused')
  })

  test('of more than twenty logins the oldest is void', async () => {
    const ben = await register(url, 'ben')
    const first = ben.uuid
    const account = await server.chat.accounts.findByUsername(ben.login)
    assert.ok(account)
    for (let n = 0; n < 20; n++) await server.chat.sessions.open(account.accountId, 'rooms')
    assert.deepEqual(await post(url, '/create-room', {}, { user: first }), UNKNOWN_USER)
  })

  test('a disabled account can neither log in nor go on', async () => {
    const ben = await register(url, 'ben')
    const room = await ben.createRoom()
    const tcp = await raw().write(handshake(ben.uuid, room)).entered(ben, room)
    const account = await server.chat.accounts.findByUsername(ben.login)
    await server.chat.accounts.disable(account?.accountId ?? assert.fail())
    await tcp.closed()
    assert.deepEqual(await ben.send(room, 'me?'), UNKNOWN_USER)
    const { error } = await post(url, '/login', { login: ben.login, password: ben.password })
    assert.equal(error?.message, 'Login or password is invalid')
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

function pythonRepr(value: unknown): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return pythonString(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const items = Object.entries(value ?? {}).map(([key, item]) => `${pythonString(key)}: ${pythonRepr(item)}`)
  return `{${items.join(', ')}}`
}

const PYTHON_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let printed = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === quote) printed += `\\${char}`
    else if (PYTHON_ESCAPES[char]) printed += PYTHON_ESCAPES[char]
    else if (code < 0x20 || (code >= 0x7f && code < 0xa1))
      printed += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code >= 0xd800 && code < 0xe000) printed += `\\u${code.toString(16)}`
    else if (code > 0xffff) printed += `\\U${code.toString(16).padStart(8, '0')}`
    else printed += char
  }
  return quote + printed + quote
}
