import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, suite, test } from 'node:test'
import fc from 'fast-check'
import { type ChatappClient, ChatappHttp, failure, success } from '../support/chatapp.ts'
import { deep } from '../support/deep.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await startParlance()
after(() => server.close())
const http = new ChatappHttp(server.url)
const ann = await http.join('ann')

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

/** Sends the text; the answer must be well-formed, and the next request must be answered too. */
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
      { numRuns: deep(150) },
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
      { numRuns: deep(300) },
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
        // A body of another dialect's form on the shared path is answered by that dialect.
        const { status, headers } = await http.call('POST', path, { body: new Uint8Array(sent) })
        assert.ok([400, 401, 409, 413].includes(status), String(status))
        assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
      }),
      { numRuns: deep(150) },
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
    const within = deep.slice(depth - 8_000, depth + 8_000)
    const { status, text } = await http.post('/auth/login', `{"username":${within},"password":"p"}`)
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

  test('a client that leaves in the middle of the handshake or of a request leaves nothing behind', async () => {
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
    assert.ok(account)
    await until('nobody to be online', async () => !(await server.chat.presence.isOnline(account.accountId)))
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
