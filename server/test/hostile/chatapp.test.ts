import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, suite, test } from 'node:test'
import fc from 'fast-check'
import { createSigner } from 'fast-jwt'
import { deriveKey } from '../../src/lib/token.ts'
import { type ChatappClient, ChatappHttp, failure, success, uniqueName } from '../support/chatapp.ts'
import { startParlance, type TestServer } from '../support/server.ts'

const SECRET = 'a secret that only this test knows'
const TYPES = [
  'ping',
  'self',
  'add_contact',
  'get_contacts',
  'create_conversation',
  'get_conversations',
  'get_conversation_info',
  'send_message',
  'get_messages',
] as const

let server: TestServer
let http: ChatappHttp
let ann: ChatappClient

before(async () => {
  server = await startParlance({ JWTSECRET: SECRET })
  http = new ChatappHttp(server.url)
  ann = await http.join('ann')
})

after(() => server.close())

/** Whatever was sent, it was answered in form, and the next request is answered too. */
async function survives(client: ChatappClient, text: string): Promise<void> {
  await client.send(text)
  await client.settle()
  for (const frame of client.frames.splice(0)) {
    assert.equal(typeof frame.success, 'boolean')
    assert.equal(typeof frame.type, 'string')
    if (!frame.success) assert.equal(typeof frame.error, 'string')
    assert.doesNotMatch(frame.error ?? '', /something went wrong/, text)
  }
}

const nasty = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\0',
    '\ud800',
    '__proto__',
    { $ne: null },
    2 ** 53,
    -(2 ** 63),
    1e308,
    -0,
    [[]],
    'x'.repeat(9_000),
  ),
)

suite('chatapp under attack', () => {
  test('any text is answered, and the connection lives', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.json(),
      fc.jsonValue().map((v) => JSON.stringify(v)),
    )
    await fc.assert(
      fc.asyncProperty(text, (sent) => survives(ann, sent)),
      { numRuns: 150 },
    )
  })

  test('any fields of any event are answered, and the connection lives', async () => {
    const fields = fc.dictionary(
      fc.constantFrom(
        ...['contact_username', 'members', 'name', 'id', 'conversation_id', 'content', 'reply_id'],
        ...['before', '__proto__', 'constructor', 'hasOwnProperty'],
      ),
      fc.oneof(nasty, fc.array(nasty, { maxLength: 5 }), fc.constant(1)),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TYPES), fields, (type, sent) =>
        survives(ann, JSON.stringify({ ...sent, type })),
      ),
      { numRuns: 300 },
    )
  })

  test('any body of register, login is refused in plain text', async () => {
    const field = fc.constantFrom('username', 'password', 'fullname', '__proto__', 'constructor')
    const body = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      // Without a password that could succeed, so that no hash is computed.
      fc.dictionary(field, nasty).map((fields) => Buffer.from(JSON.stringify({ ...fields, password: 1 }))),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/register', '/auth/login'), body, async (path, sent) => {
        // What looks like another dialect's body on the shared path is that dialect's to answer.
        const { status, headers } = await http.call('POST', path, { body: new Uint8Array(sent) })
        assert.ok([400, 401, 409].includes(status), String(status))
        assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
      }),
      { numRuns: 150 },
    )
  })

  test('any cookie is no token', async () => {
    const part = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_=;," .'), maxLength: 40 })
    const cookie = fc.oneof(
      part,
      fc.tuple(part, part, part).map((parts) => `login-token=${parts.join('.')}`),
    )
    await fc.assert(
      fc.asyncProperty(cookie, async (sent) => {
        const { status, text } = await http.call('GET', '/auth/verify', { headers: { cookie: sent } })
        assert.equal(status, 401)
        assert.match(text, /^(login-token required|invalid login-token)$/)
      }),
      { numRuns: 150 },
    )
  })

  test('deep nesting is only a wrong type', async () => {
    const depth = 30_000
    const deep = '['.repeat(depth) + ']'.repeat(depth)
    await ann.send(deep)
    assert.deepEqual(await ann.next('root'), failure('root', 'invalid json event'))
    await ann.send(`{"type":"create_conversation","members":${deep}}`)
    const refused = failure('create_conversation', 'members should be a list of string')
    assert.deepEqual(await ann.next('create_conversation'), refused)
    const { status, text } = await http.post('/auth/login', `{"username":${deep},"password":"p"}`)
    assert.deepEqual([status, text], [400, 'username should be a string'])
  })

  test('a frame past 128 KiB closes with 1009, one within does not', async () => {
    const bob = await http.join('bob')
    const frame = (bytes: number) => `{"type":"ping","x":"${'x'.repeat(bytes - 22)}"}`
    await bob.send(frame(131_072))
    assert.deepEqual(await bob.next('ping'), success('ping', 'pong'))
    await bob.send(frame(131_073))
    assert.equal((await bob.closed).code, 1009)
  })

  test('a flood of frames is answered one by one, in order', async () => {
    const bob = await http.join('bob')
    for (let i = 0; i < 5_000; i++) bob.ws.send('{"type":"ping"}')
    bob.ws.send('{"type":"self"}')
    await bob.next('self')
    assert.equal(bob.frames.length, 5_000)
  })

  test('who leaves in the middle of the handshake or of a request leaves nothing behind', async () => {
    const username = await http.register('bob')
    const cookie = await http.login(username)
    const account = await server.chat.accounts.findByUsername(username)
    for (let i = 0; i < 30; i++) {
      const client = http.open({ cookie })
      await once(client.ws, 'open')
      if (i % 2 === 0) client.ws.send('{"type":"create_conversation","members":[]}')
      client.ws.terminate()
      await client.closed
    }
    const last = await http.connect(username, cookie)
    await last.close()
    const deadline = performance.now() + 2_000
    while (account && (await server.chat.presence.isOnline(account.accountId))) {
      assert.ok(performance.now() < deadline, 'somebody stayed online')
      await new Promise((resolve) => setImmediate(resolve))
    }
  })

  test('handshakes that are none are refused and harm nobody', async () => {
    for (const request of [
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      'POST /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n',
      'GET /ws HTTP/1.1\r\nHost: x y\r\nOrigin: ://\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const socket = connect(server.port, server.host).setEncoding('utf8')
      socket.write(request)
      const [head] = await once(socket, 'data')
      assert.match(head, /^HTTP\/1\.1 4\d\d /)
      socket.destroy()
    }
    await ann.settle()
  })
})

suite('chatapp: who may speak as whom', () => {
  const later = Math.floor(Date.now() / 1000) + 3600

  const refusals = async (token: string) => {
    const cookie = `login-token=${token}`
    const [verify, closed] = await Promise.all([
      http.call('GET', '/auth/verify', { headers: { cookie } }),
      http.open({ cookie }).closed,
    ])
    assert.equal(verify.status, 401)
    assert.equal(closed.code, 1000)
    return [verify.text, closed.reason]
  }

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  /** Signs what our own library refuses to. */
  function forge(header: unknown, claims: unknown, key = SECRET): string {
    const input = `${encode(header)}.${encode(claims)}`
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
  }

  test('a token speaks for nobody unless it is HS256, signed by us, complete and in time', async () => {
    const { username } = ann
    const hs256 = { alg: 'HS256', typ: 'JWT' }
    const good = { username, exp: later }
    const forged = [
      `${encode({ alg: 'none' })}.${encode(good)}.`,
      forge({ alg: 'none' }, good),
      forge({ alg: 'HS512' }, good),
      createSigner({ key: SECRET, algorithm: 'HS384' })(good),
      forge(hs256, good, 'another secret'),
      forge(hs256, good, deriveKey(SECRET, 'messenger')),
      forge(hs256, { username }),
      forge(hs256, { username, exp: 1 }),
      forge(hs256, { username, exp: String(later) }),
      forge(hs256, { username, exp: null }),
      forge(hs256, { exp: later }),
      forge(hs256, { sub: username, exp: later }),
      forge(hs256, { username: [username], exp: later }),
      forge(hs256, { username: { toString: 1 }, exp: later }),
      forge(hs256, null),
      forge(hs256, [good]),
      forge(null, good),
    ]
    for (const token of forged) {
      assert.deepEqual(await refusals(token), ['invalid login-token', 'invalid login-token'], token)
    }
  })

  test('a token of nobody is told so on the WebSocket, in as many bytes as fit', async () => {
    const nobody = uniqueName('nobody')
    const token = (username: string) => forge({ alg: 'HS256' }, { username, exp: later })
    assert.deepEqual(await refusals(token(nobody)), ['invalid login-token', `'${nobody}' doesn't exists`])
    const [, reason] = await refusals(token('€'.repeat(100)))
    assert.equal(reason, `'${'€'.repeat(35)}' doesn't exists`)
    assert.deepEqual(await refusals(token(`${ann.username}\0`)), [
      'invalid login-token',
      `'${ann.username}\0' doesn't exists`,
    ])
  })

  test('nobody reads, writes or describes a conversation they are not in', async () => {
    const eve = await http.join('eve')
    const { id } = await ann.data<{ id: number }>({ type: 'create_conversation', members: [] })
    await ann.data({ type: 'send_message', conversation_id: id, content: 'secret' })
    for (const type of ['send_message', 'get_messages', 'get_conversation_info']) {
      const { success: isAnswered, data } = await eve.ask({ type, id, conversation_id: id, content: 'hi' })
      assert.deepEqual([isAnswered, data], [false, undefined])
    }
    assert.deepEqual(await eve.data({ type: 'get_conversations' }), [])
    assert.deepEqual(await eve.settle(), [])
  })

  test('nobody signs another’s name: fields that claim one are nothing', async () => {
    const eve = await http.join('eve')
    const { id } = await eve.data<{ id: number }>({ type: 'create_conversation', members: [] })
    const sent = await eve.data<{ sender_username: string }>({
      type: 'send_message',
      conversation_id: id,
      content: 'it is me',
      username: ann.username,
      sender_username: ann.username,
    })
    assert.equal(sent.sender_username, eve.username)
  })
})
