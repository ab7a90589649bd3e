import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createSigner } from 'fast-jwt'
import { type AccountId, toConversationId, toMessageId } from '../../src/core/chat.ts'
import {
  type ChatappClient,
  ChatappHttp,
  type Event,
  failure,
  success,
  uniqueName,
} from '../support/chatapp.ts'
import { startParlance, type Target, type TestServer, target } from '../support/server.ts'
import { until } from '../support/until.ts'

const SECRET = 'a secret that only this test knows'
const ORIGIN = 'http://localhost:5173'

let server: Target
let http: ChatappHttp

before(async () => {
  server = await target({ JWTSECRET: SECRET })
  http = new ChatappHttp(server.url)
})

after(async () => {
  http.close()
  await server.close()
})

interface User {
  readonly username: string
  readonly fullname: string
  readonly is_online: boolean
  readonly last_online: number
  readonly created_at: number
}

interface Conversation {
  readonly id: number
  readonly name: string
  readonly members: readonly string[]
}

interface Message {
  readonly id: number
  readonly sender_username: string
  readonly conversation_id?: number
  readonly reply_id: number | null
  readonly content: string
  readonly sent_at: number
}

/** A group that the first makes with the others; every one of them has taken its frame. */
async function groupOf(...[creator, ...others]: readonly [ChatappClient, ...ChatappClient[]]) {
  const members = others.map(({ username }) => username)
  const made = await creator.data<Conversation>({ type: 'create_conversation', members })
  for (const other of others) await other.next('create_conversation')
  return made
}

const send = (client: ChatappClient, conversation_id: number, content: string, more: Event = {}) =>
  client.data<Message>({ type: 'send_message', conversation_id, content, ...more })

const messagesOf = async (client: ChatappClient, conversation_id: number, more: Event = {}) =>
  (await client.data<{ messages: Message[] }>({ type: 'get_messages', conversation_id, ...more })).messages

const nowSeconds = () => Math.floor(Date.now() / 1000)

suite('chatapp over HTTP', () => {
  test('ping answers pong as plain text without a newline', async () => {
    const { status, text, headers } = await http.call('GET', '/misc/ping')
    assert.deepEqual([status, text], [200, 'pong'])
    assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  })

  const user = { username: 'u', password: 'p', fullname: 'f' }

  const SHARED_ERRORS: readonly (readonly [string, unknown, string])[] = [
    ['nothing', '', 'not a valid json'],
    ['no JSON', '{', 'not a valid json'],
    ['null', null, 'not a valid json'],
    ['a number', 1, 'not a valid json'],
    ['a string', '"username"', 'not a valid json'],
    ['a list of something', [user], 'not a valid json'],
    ['an empty list', [], 'username required'],
    ['an empty object', {}, 'username required'],
    ['prototype names', '{"__proto__": {"username": "u"}}', 'username required'],
    ['no username', { password: '', fullname: 1 }, 'username required'],
    ['no password', { username: 1, fullname: '' }, 'password required'],
    ['a username of another type', { ...user, username: null, password: '' }, 'username should be a string'],
    ['a password of another type', { ...user, username: '', password: ['p'] }, 'password should be a string'],
    ['an operator as a password', { ...user, password: { $ne: '' } }, 'password should be a string'],
    ['an empty username', { ...user, username: '', password: '' }, 'username should not be empty'],
    ['an empty password', { ...user, password: '' }, 'password should not be empty'],
  ]

  for (const [what, body, expected] of SHARED_ERRORS) {
    test(`register and login refuse ${what}: ${expected}`, async () => {
      for (const path of ['/register', '/auth/login']) {
        const { status, text } = await http.post(path, body)
        assert.deepEqual({ status, text }, { status: 400, text: expected }, path)
      }
    })
  }

  const REGISTER_ERRORS: readonly (readonly [string, unknown, string])[] = [
    ['no fullname', { username: 1, password: 1 }, 'fullname required'],
    [
      'another type before an empty text',
      { ...user, username: '', fullname: 7 },
      'fullname should be a string',
    ],
    ['an empty fullname', { ...user, fullname: '' }, 'fullname should not be empty'],
    ['a NUL', { ...user, fullname: 'a\0b' }, 'fullname should be without NUL and lone surrogates'],
    [
      'a lone surrogate',
      { ...user, username: '\ud800' },
      'username should be without NUL and lone surrogates',
    ],
    [
      'a long username',
      { ...user, username: 'u'.repeat(256) },
      'username should be at most 255 characters long',
    ],
  ]

  for (const [what, body, expected] of REGISTER_ERRORS) {
    test(`register refuses ${what}: ${expected}`, async () => {
      const { status, text } = await http.post('/register', body)
      assert.deepEqual({ status, text }, { status: 400, text: expected })
    })
  }

  test('what is not UTF-8 is not a valid json', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const { status, text } = await http.call('POST', '/auth/login', { body })
    assert.deepEqual([status, text], [400, 'not a valid json'])
  })

  test('a username is taken once, whatever its case', async () => {
    const username = await http.register('Ann')
    for (const name of [username, username.toUpperCase()]) {
      const { status, text } = await http.post('/register', { ...user, username: name })
      assert.deepEqual([status, text], [409, 'username already exists'])
    }
  })

  test('the content type is not checked', async () => {
    const username = await http.register('bob')
    const body = JSON.stringify({ username, password: 'correct horse' })
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', ';;/', '']) {
      const { status } = await http.call('POST', '/auth/login', { body, headers: { 'content-type': type } })
      assert.equal(status, 202, type)
    }
  })

  test('a login sets the cookie and says so', async () => {
    const username = await http.register('cat')
    const { status, text, headers } = await http.post('/auth/login', { username, password: 'correct horse' })
    assert.deepEqual([status, text], [202, 'login successful'])
    assert.match(
      headers.get('set-cookie') ?? '',
      /^login-token=[\w-]+\.[\w-]+\.[\w-]+; HttpOnly; Max-Age=3600; Path=\/; Secure; SameSite=Lax$/,
    )
  })

  test('the token is HS256 with exactly username and exp, an hour from now', async () => {
    const username = await http.register('dan')
    const [header, payload] = (await http.login(username)).replace('login-token=', '').split('.')
    const decoded = [header, payload].map((part) => JSON.parse(String(Buffer.from(part ?? '', 'base64url'))))
    assert.equal(decoded[0].alg, 'HS256')
    assert.deepEqual(Object.keys(decoded[1]).sort(), ['exp', 'username'])
    assert.equal(decoded[1].username, username)
    assert.ok(Number.isInteger(decoded[1].exp) && Math.abs(decoded[1].exp - nowSeconds() - 3600) <= 2)
  })

  test('an unknown user and a wrong password are told the same', async () => {
    const username = await http.register('eve')
    const wrong = [
      { username, password: 'wrong horse' },
      { username: uniqueName('nobody'), password: 'correct horse' },
      { username: '\ud800', password: 'correct horse' },
      { username: 'u'.repeat(100_000), password: 'correct horse' },
    ]
    for (const body of wrong) {
      const { status, text, headers } = await http.post('/auth/login', body)
      assert.deepEqual([status, text], [401, 'mismatch username and password'])
      assert.equal(headers.get('set-cookie'), null)
    }
  })

  test('verify greets the bearer of the cookie', async () => {
    const username = await http.register('fay')
    const cookie = await http.login(username)
    const { status, text } = await http.call('GET', '/auth/verify', {
      headers: { cookie: `a=1; ${cookie}; b` },
    })
    assert.deepEqual([status, text], [200, `Hello, ${username}`])
  })

  test('verify asks for a token where there is none', async () => {
    for (const headers of [{}, { cookie: 'other=1' }]) {
      const { status, text } = await http.call('GET', '/auth/verify', { headers })
      assert.deepEqual([status, text], [401, 'login-token required'])
    }
  })

  test('an unknown path is 404, another method 405 with Allow', async () => {
    for (const [method, path, allow] of [
      ['HEAD', '/misc/ping', 'GET'],
      ['DELETE', '/auth/verify', 'GET'],
      ['GET', '/auth/login', 'POST'],
      ['OPTIONS', '/auth/login', 'POST'],
      ['POST', '/ws', 'GET'],
    ] as const) {
      const { status, text, headers } = await http.call(method, path)
      assert.equal(status, 405, `${method} ${path}`)
      assert.equal(text, method === 'HEAD' ? '' : '405: Method Not Allowed')
      assert.equal(headers.get('allow'), allow)
      assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
    }
  })

  test('a body past the bound is refused', async () => {
    const { status, text } = await http.post('/auth/login', { username: 'u'.repeat(300_000), password: 'p' })
    assert.deepEqual([status, text], [413, '413: Payload Too Large'])
  })

  test('a page of an allowed origin reads answers with its cookie', async () => {
    const { headers } = await http.call('GET', '/misc/ping', { headers: { origin: ORIGIN } })
    assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
    assert.equal(headers.get('access-control-allow-credentials'), 'true')
    assert.match(headers.get('vary') ?? '', /Origin/)
  })

  test('a page of another origin is answered without leave to read', async () => {
    const { status, headers } = await http.call('GET', '/misc/ping', {
      headers: { origin: 'http://evil.test' },
    })
    assert.equal(status, 200)
    assert.equal(headers.get('access-control-allow-origin'), null)
    assert.equal(headers.get('access-control-allow-credentials'), null)
  })

  const preflight = (origin: string, path: string) =>
    http.call('OPTIONS', path, {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })

  for (const path of ['/register', '/auth/login']) {
    test(`a preflight of ${path} is granted to an allowed origin`, async () => {
      const { status, headers } = await preflight(ORIGIN, path)
      assert.equal(status, 200)
      assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
      assert.equal(headers.get('access-control-allow-credentials'), 'true')
      assert.equal(headers.get('access-control-allow-methods'), 'POST')
      assert.equal(headers.get('access-control-allow-headers'), 'content-type')
    })
  }

  test('a preflight from another origin gets 403', async () => {
    const { status, text, headers } = await preflight('http://evil.test', '/auth/login')
    assert.equal(status, 403)
    assert.equal(text, "CORS preflight request failed: origin 'http://evil.test' is not allowed")
    assert.equal(headers.get('access-control-allow-origin'), null)
  })
})

suite('chatapp handshake', () => {
  const closeOf = (headers: Readonly<Record<string, string>>) => http.open(headers).closed

  test('without a cookie: closed with 1000 login-token required', async () => {
    assert.deepEqual(await closeOf({}), { code: 1000, reason: 'login-token required' })
  })

  test('with another server’s token: closed with 1000 invalid login-token', async () => {
    for (const token of ['', 'x', 'a.b.c', createSigner({ key: 'another secret' })({ username: 'u' })]) {
      const cookie = `login-token=${token}`
      assert.deepEqual(await closeOf({ cookie }), { code: 1000, reason: 'invalid login-token' })
      assert.equal(
        (await http.call('GET', '/auth/verify', { headers: { cookie } })).text,
        'invalid login-token',
      )
    }
  })

  test('a plain GET answers 400', async () => {
    const { status, headers } = await http.call('GET', '/ws')
    assert.equal(status, 400)
    assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  })

  test('its own origin, an allowed one and none pass; a foreign one is 403 before the upgrade', async () => {
    const cookie = await http.login(await http.register('gus'))
    for (const origin of [server.url, ORIGIN]) {
      const client = http.open({ cookie, origin })
      await client.settle()
      await client.close()
    }
    for (const origin of [
      'http://evil.test',
      'null',
      `${server.url}.evil.test`,
      `${ORIGIN}, ${server.url}`,
    ]) {
      const client = http.open({ cookie, origin })
      const status = await new Promise((resolve) =>
        client.ws.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode)),
      )
      assert.equal(status, 403, origin)
    }
  })
})

suite('chatapp events', () => {
  test('what is not a JSON object is an invalid json event', async () => {
    const ann = await http.join('ann')
    for (const text of ['', '{', 'null', '1', '"ping"', '[]', '[{"type":"ping"}]']) {
      await ann.send(text)
      assert.deepEqual(await ann.next('root'), failure('root', 'invalid json event'), text)
    }
  })

  test('a missing or unknown type is told so', async () => {
    const ann = await http.join('ann')
    for (const event of [{}, { type: 'nonsense' }, { type: 1 }, { type: ['ping'] }, { type: '__proto__' }]) {
      await ann.send(event)
      assert.deepEqual(await ann.next('root'), failure('root', 'no type field found in the event'))
    }
  })

  test('binary frames are ignored', async () => {
    const ann = await http.join('ann')
    ann.ws.send(Buffer.from('{"type":"ping"}'))
    assert.deepEqual(await ann.settle(), [])
  })

  test('frames of one connection are answered strictly in order', async () => {
    const ann = await http.join('ann')
    const types = ['self', 'get_contacts', 'nonsense', 'create_conversation', 'get_conversations', 'ping']
    for (const type of types) await ann.send({ type, members: [] })
    await until('six answers', () => ann.frames.length === 6)
    const answered = ann.frames.map(({ type }) => type)
    assert.deepEqual(
      answered,
      types.map((type) => (type === 'nonsense' ? 'root' : type)),
    )
  })

  test('self describes the account, online', async () => {
    const ann = await http.join('ann')
    const user = await ann.data<User>({ type: 'self' })
    assert.deepEqual(Object.keys(user), ['username', 'fullname', 'is_online', 'last_online', 'created_at'])
    assert.deepEqual([user.username, user.fullname, user.is_online], [ann.username, 'The ann', true])
    for (const time of [user.last_online, user.created_at]) {
      assert.ok(Number.isInteger(time) && Math.abs(time - nowSeconds()) <= 5)
    }
  })
})

suite('chatapp contacts', () => {
  test('a contact must be a string, another, known and new', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const add = (contact_username: unknown) => ann.ask({ type: 'add_contact', contact_username })
    const refused = (error: string) => failure('add_contact', error)
    const unexpected = refused('invalid contact_username, expected a string')
    assert.deepEqual(await ann.ask({ type: 'add_contact' }), unexpected)
    for (const value of [null, 1, ['x'], { $ne: 1 }]) assert.deepEqual(await add(value), unexpected)
    for (const name of [ann.username, ann.username.toUpperCase()]) {
      assert.deepEqual(await add(name), refused('cannot add itself as a contact'))
    }
    for (const name of ['', uniqueName('nobody'), '\ud800', `${bob}\0`]) {
      assert.deepEqual(await add(name), refused(`no such user '${name}' exists`))
    }
    const { success: isAdded, data } = await add(bob)
    const { message, contact } = data as { message: string; contact: User }
    assert.deepEqual([isAdded, message], [true, `'${bob}' successfully added`])
    assert.deepEqual(Object.keys(contact), ['username', 'fullname', 'is_online', 'last_online', 'created_at'])
    assert.deepEqual([contact.username, contact.fullname, contact.is_online], [bob, 'The bob', false])
    assert.deepEqual(await add(bob), refused(`'${bob}' is already a contact`))
  })

  test('contacts are mutual and listed in the order added', async () => {
    const [ann, bob, cat] = [await http.join('ann'), await http.join('bob'), await http.join('cat')]
    await ann.data({ type: 'add_contact', contact_username: cat.username })
    await bob.data({ type: 'add_contact', contact_username: ann.username })
    const listed = (...contacts: readonly string[]) =>
      success('get_contacts', { message: 'got all the contacts', contacts })
    assert.deepEqual(await ann.ask({ type: 'get_contacts' }), listed(cat.username, bob.username))
    assert.deepEqual(await bob.ask({ type: 'get_contacts' }), listed(ann.username))
    const again = await cat.ask({ type: 'add_contact', contact_username: ann.username })
    assert.equal(again.error, `'${ann.username}' is already a contact`)
  })

  test('contacts hear of the first connect and the last disconnect only, and never of themselves', async () => {
    const bob = await http.join('bob')
    const ann = await http.register('ann')
    await bob.data({ type: 'add_contact', contact_username: ann })
    const cookie = await http.login(ann)
    const [phone, tab] = [await http.connect(ann, cookie), await http.connect(ann, cookie)]
    const status = (is_online: boolean) => success('user_status', { username: ann, is_online })
    assert.deepEqual(await bob.settle(), [status(true)])
    await phone.close()
    assert.deepEqual(await tab.settle(), [])
    assert.deepEqual(await bob.settle(), [status(true)])
    await tab.close()
    await until('both', () => bob.frames.length === 2)
    assert.deepEqual(bob.frames, [status(true), status(false)])
  })
})

suite('chatapp conversations', () => {
  test('a name is checked before the members, each in order', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const create = (event: Event) => ann.ask({ type: 'create_conversation', ...event })
    const rows: readonly (readonly [Event, string])[] = [
      [{ name: null }, 'name value expected as a non zero string'],
      [{ name: '', members: [] }, 'name value expected as a non zero string'],
      [{ name: 1, members: 1 }, 'name value expected as a non zero string'],
      [{ name: 'a\0', members: [] }, 'name value expected without NUL and lone surrogates'],
      [{ name: 'n'.repeat(256), members: [] }, 'name value expected with at most 255 characters'],
      [{}, 'members value expected a list'],
      [{ name: 'n', members: bob }, 'members value expected a list'],
      [{ members: { length: 1 } }, 'members value expected a list'],
      [{ members: [bob, 1] }, 'members should be a list of string'],
      [{ members: ['nobody at all', null] }, 'members should be a list of string'],
      [{ members: Array.from({ length: 2001 }, (_, i) => `m${i}`) }, 'members should be at most 2000'],
      [{ members: [bob, 'nobody at all', 'nobody else'] }, "'nobody at all' is not a valid username"],
      [{ members: ['\udfff'] }, "'\udfff' is not a valid username"],
    ]
    for (const [event, error] of rows) {
      assert.deepEqual(await create(event), failure('create_conversation', error))
    }
    assert.deepEqual(await ann.ask({ type: 'get_conversations' }), success('get_conversations', []))
  })

  test('all online members are told, the creator first in the list and once', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const cat = await http.register('cat')
    const tab = await http.connect(ann.username, await http.login(ann.username))
    const members = [bob.username, ann.username, cat, bob.username.toUpperCase(), bob.username]
    const made = await ann.data<Conversation>({ type: 'create_conversation', name: 'Club', members })
    assert.deepEqual(made, { id: made.id, name: 'Club', members: [ann.username, bob.username, cat] })
    for (const client of [bob, tab]) {
      assert.deepEqual(await client.settle(), [success('create_conversation', made)])
    }
    assert.deepEqual(await ann.settle(), [])
  })

  test('without a name the members’ names make one; alone is fine', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    assert.equal((await groupOf(ann, bob)).name, `${ann.username}, ${bob.username}`)
    const alone = await groupOf(ann)
    assert.deepEqual([alone.name, alone.members], [ann.username, [ann.username]])
    const many = await Promise.all(
      Array.from({ length: 5 }, () => http.register('somebody-with-a-long-name'.repeat(3))),
    )
    const { name } = await ann.data<Conversation>({ type: 'create_conversation', members: many })
    assert.ok(name.length <= 255 && name.endsWith('…') && name.startsWith(`${ann.username}, ${many[0]}, `))
  })

  test('conversations are listed newest activity first', async () => {
    const ann = await http.join('ann')
    const [first, second, third] = [await groupOf(ann), await groupOf(ann), await groupOf(ann)]
    await send(ann, second.id, 'bump')
    const listed = await ann.data<Conversation[]>({ type: 'get_conversations' })
    assert.deepEqual(
      listed,
      [second, third, first].map(({ id, name }) => ({ id, name })),
    )
  })

  test('a conversation is described to its members only', async () => {
    const [ann, bob, eve] = [await http.join('ann'), await http.join('bob'), await http.join('eve')]
    const made = await groupOf(ann, bob)
    const info = (client: ChatappClient, id: unknown) => client.ask({ type: 'get_conversation_info', id })
    assert.deepEqual(await info(bob, made.id), success('get_conversation_info', made))
    const refused = (error: string) => failure('get_conversation_info', error)
    for (const id of [null, true, String(made.id), 1.5, 2 ** 53, [made.id]]) {
      assert.deepEqual(await info(ann, id), refused('id is required as int'))
    }
    assert.deepEqual(await ann.ask({ type: 'get_conversation_info' }), refused('id is required as int'))
    for (const id of [made.id, 999_999_999, 0, -1]) {
      const error = `${eve.username} is not part of any conversation with ${id} id`
      assert.deepEqual(await info(eve, id), refused(error))
    }
  })
})

suite('chatapp messages', () => {
  test('a message reaches every connection of every member exactly once, the sender’s included', async () => {
    const [ann, bob, eve] = [await http.join('ann'), await http.join('bob'), await http.join('eve')]
    const tab = await http.connect(ann.username, await http.login(ann.username))
    const { id } = await groupOf(ann, bob)
    await tab.next('create_conversation')
    const sent = await send(ann, id, 'hello ✨')
    const { id: messageId, sent_at } = sent
    assert.deepEqual(sent, {
      id: messageId,
      sender_username: ann.username,
      conversation_id: id,
      reply_id: null,
      content: 'hello ✨',
      sent_at,
    })
    assert.ok(Number.isInteger(sent_at) && Math.abs(sent_at - nowSeconds()) <= 5)
    for (const client of [bob, tab]) {
      assert.deepEqual(await client.settle(), [success('send_message', sent)])
    }
    assert.deepEqual(await ann.settle(), [])
    assert.deepEqual(await eve.settle(), [])
  })

  test('a connection opened later hears the conversations it was in before', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const { id } = await ann.data<Conversation>({ type: 'create_conversation', members: [bob] })
    const phone = await http.connect(bob, await http.login(bob))
    const sent = await send(ann, id, 'there you are')
    assert.deepEqual(await phone.next('send_message'), success('send_message', sent))
    assert.deepEqual(await messagesOf(phone, id), [listed(sent)])
  })

  test('a send is checked in order', async () => {
    const [ann, eve] = [await http.join('ann'), await http.join('eve')]
    const [{ id }, other] = [await groupOf(ann), await groupOf(ann)]
    const elsewhere = await send(ann, other.id, 'elsewhere')
    const ask = (client: ChatappClient, event: Event) => client.ask({ type: 'send_message', ...event })
    const rows: readonly (readonly [ChatappClient, Event, string])[] = [
      [ann, {}, 'expected conversation_id as integer'],
      [ann, { conversation_id: null }, 'expected conversation_id as integer'],
      [ann, { conversation_id: true }, 'expected conversation_id as integer'],
      [ann, { conversation_id: String(id) }, 'expected conversation_id as integer'],
      [ann, { conversation_id: 1.5 }, 'expected conversation_id as integer'],
      [eve, { conversation_id: id }, `${eve.username} not part of conversation with ${id} id`],
      [ann, { conversation_id: 999_999_999 }, `${ann.username} not part of conversation with 999999999 id`],
      [ann, { conversation_id: id, reply_id: 'x' }, 'expected content as string'],
      [ann, { conversation_id: id, content: { $gt: '' } }, 'expected content as string'],
      [
        ann,
        { conversation_id: id, content: '', reply_id: 'x' },
        'message content should be non empty string',
      ],
      [
        ann,
        { conversation_id: id, content: 'a\0', reply_id: 'x' },
        'message content should be without NUL and lone surrogates',
      ],
      [
        ann,
        { conversation_id: id, content: '\udc00' },
        'message content should be without NUL and lone surrogates',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: '1' },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: false },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: 1.5 },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: 0 },
        `No such 0 message id found in ${id} conversation_id`,
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: elsewhere.id },
        `No such ${elsewhere.id} message id found in ${id} conversation_id`,
      ],
      [
        ann,
        { conversation_id: id, content: '€'.repeat(2731) },
        'message content should be at most 8192 bytes long',
      ],
      [
        ann,
        { conversation_id: id, content: 'c'.repeat(100_000) },
        'message content should be at most 8192 bytes long',
      ],
    ]
    for (const [client, event, error] of rows) {
      assert.deepEqual(await ask(client, event), failure('send_message', error), JSON.stringify(event))
    }
    assert.deepEqual(await messagesOf(ann, id), [])
  })

  test('a reply carries the id of what it answers; an explicit null is none', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    const question = await send(ann, id, '?', { reply_id: null })
    const answer = await send(ann, id, '!', { reply_id: question.id })
    assert.deepEqual([question.reply_id, answer.reply_id], [null, question.id])
    assert.deepEqual(await messagesOf(ann, id), [listed(answer), listed(question)])
  })

  test('history is newest first, at most a hundred, before an id', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    for (let i = 0; i < 105; i++)
      await ann.send({ type: 'send_message', conversation_id: id, content: `m${i}` })
    await until('all of them', () => ann.frames.length === 105)
    const sent = ann.frames.splice(0).map(({ data }) => listed(data as Message))
    const newestFirst = sent.toReversed()
    assert.deepEqual(await messagesOf(ann, id), newestFirst.slice(0, 100))
    const before = newestFirst[99]?.id
    assert.deepEqual(await messagesOf(ann, id, { before }), newestFirst.slice(100))
    assert.deepEqual(await messagesOf(ann, id, { before: 0 }), [])
  })

  test('reading history is checked in order', async () => {
    const [ann, eve] = [await http.join('ann'), await http.join('eve')]
    const { id } = await groupOf(ann)
    const rows: readonly (readonly [ChatappClient, Event, string])[] = [
      [ann, { before: 'x' }, 'expected conversation_id as integer'],
      [ann, { conversation_id: '1' }, 'expected conversation_id as integer'],
      [eve, { conversation_id: id, before: 'x' }, `${eve.username} not part of conversation with ${id} id`],
      [ann, { conversation_id: id, before: null }, 'expected before as integer'],
      [ann, { conversation_id: id, before: '7' }, 'expected before as integer'],
      [ann, { conversation_id: id, before: true }, 'expected before as integer'],
    ]
    for (const [client, event, error] of rows) {
      const answer = await client.ask({ type: 'get_messages', ...event })
      assert.deepEqual(answer, failure('get_messages', error))
    }
  })

  test('many pages asked for at once arrive whole and in order', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    for (let i = 0; i < 100; i++) {
      await ann.send({ type: 'send_message', conversation_id: id, content: `${i} `.repeat(2000) })
    }
    await until('all sent', () => ann.frames.length === 100)
    ann.frames.length = 0
    ann.ws.pause()
    for (let i = 0; i < 50; i++) await ann.send({ type: 'get_messages', conversation_id: id })
    await ann.send({ type: 'ping' })
    ann.ws.resume()
    await ann.next('ping')
    assert.equal(ann.frames.length, 50)
    for (const { data } of ann.frames) assert.equal((data as { messages: unknown[] }).messages.length, 100)
  })
})

const listed = ({ id, sender_username, reply_id, content, sent_at }: Message) => ({
  id,
  sender_username,
  reply_id,
  content,
  sent_at,
})

// What other dialects and the operator do is done through the domain of the server in this process.
if (!process.env.TARGET) {
  suite('chatapp among other dialects', () => {
    const own = (): TestServer => server.own ?? assert.fail('no server of its own')

    async function accountOf({ username }: { username: string }) {
      return (await own().chat.accounts.findByUsername(username)) ?? assert.fail(username)
    }

    const idOf = async (client: ChatappClient): Promise<AccountId> => (await accountOf(client)).accountId

    test('a message of another dialect arrives as the very same frame', async () => {
      const [ann, bob] = [await http.join('ann'), await http.join('bob')]
      const { id } = await groupOf(ann, bob)
      const { chat } = own()
      const sender = await accountOf(ann)
      const standing = await chat.conversations.standing(sender.accountId, toConversationId(id))
      const message = await chat.messages.send(sender, standing ?? assert.fail(), { body: 'from afar' })
      const data = {
        id: message.messageId,
        sender_username: ann.username,
        conversation_id: id,
        reply_id: null,
        content: 'from afar',
        sent_at: Math.floor(message.sentAt / 1e6),
      }
      for (const client of [ann, bob])
        assert.deepEqual(await client.settle(), [success('send_message', data)])
    })

    test('a private conversation of another dialect bears the other’s name to each', async () => {
      const [ann, bob] = [await http.join('ann'), await http.join('bob')]
      const { conversation } = await own().chat.conversations.openPrivate(await idOf(ann), await idOf(bob))
      const id = conversation.conversationId
      const members = [ann.username, bob.username]
      for (const [client, name] of [
        [ann, bob.username],
        [bob, ann.username],
      ] as const) {
        assert.deepEqual(await client.settle(), [success('create_conversation', { id, name, members })])
        client.frames.length = 0
        assert.deepEqual(await client.data({ type: 'get_conversations' }), [{ id, name }])
        assert.deepEqual(await client.data({ type: 'get_conversation_info', id }), { id, name, members })
      }
      const sent = await send(ann, id, 'psst')
      assert.deepEqual(await bob.next('send_message'), success('send_message', sent))
    })

    test('a group of another dialect is announced; without a name it bears its gid', async () => {
      const [ann, bob] = [await http.join('ann'), await http.join('bob')]
      const { conversation } = await own().chat.conversations.createGroup(
        await idOf(ann),
        [await idOf(bob)],
        null,
      )
      const data = {
        id: conversation.conversationId,
        name: conversation.gid,
        members: [ann.username, bob.username],
      }
      assert.deepEqual(await bob.settle(), [success('create_conversation', data)])
    })

    test('who enters an open conversation elsewhere hears it here, until they leave', async () => {
      const [ann, bob] = [await http.join('ann'), await http.join('bob')]
      const { chat } = own()
      const { conversation } = await chat.conversations.createOpen(await idOf(ann), null)
      const id = conversation.conversationId
      await chat.conversations.enter(await accountOf(bob), conversation)
      const sent = await send(ann, id, 'welcome')
      assert.deepEqual(await bob.settle(), [success('send_message', sent)])
      await chat.conversations.leave(await idOf(bob), conversation)
      bob.frames.length = 0
      await send(ann, id, 'gone?')
      assert.deepEqual(await bob.settle(), [])
      const refused = await bob.ask({ type: 'send_message', conversation_id: id, content: 'no' })
      assert.equal(refused.error, `${bob.username} not part of conversation with ${id} id`)
    })

    test('deleted messages are neither listed nor replied to', async () => {
      const ann = await http.join('ann')
      const { id } = await groupOf(ann)
      const [kept, deleted] = [await send(ann, id, 'kept'), await send(ann, id, 'deleted')]
      const reply = await send(ann, id, 'reply', { reply_id: deleted.id })
      await own().chat.messages.delete(await idOf(ann), toMessageId(deleted.id))
      assert.deepEqual(await messagesOf(ann, id), [listed(reply), listed(kept)])
      const refused = await ann.ask({
        type: 'send_message',
        conversation_id: id,
        content: 'late',
        reply_id: deleted.id,
      })
      assert.equal(refused.error, `No such ${deleted.id} message id found in ${id} conversation_id`)
    })

    test('the blocker is nobody to the blocked, and cannot be written to', async () => {
      const [ann, bob] = [await http.join('ann'), await http.join('bob')]
      const { chat } = own()
      const { conversation } = await chat.conversations.openPrivate(await idOf(ann), await idOf(bob))
      await chat.contacts.block(await idOf(bob), await idOf(ann))
      const add = await ann.ask({ type: 'add_contact', contact_username: bob.username })
      assert.equal(add.error, `no such user '${bob.username}' exists`)
      ann.frames.length = 0
      const create = await ann.ask({ type: 'create_conversation', members: [bob.username] })
      assert.equal(create.error, `'${bob.username}' is not a valid username`)
      const refused = await ann.ask({
        type: 'send_message',
        conversation_id: conversation.conversationId,
        content: 'please',
      })
      assert.deepEqual(refused, failure('send_message', 'message can not be delivered'))
    })

    test('a guest is not a valid user', async () => {
      const ann = await http.join('ann')
      const { username } = await own().chat.accounts.admitGuest(uniqueName('guest'))
      const add = await ann.ask({ type: 'add_contact', contact_username: username })
      assert.equal(add.error, `no such user '${username}' exists`)
      const create = await ann.ask({ type: 'create_conversation', members: [username] })
      assert.equal(create.error, `'${username}' is not a valid username`)
    })

    test('a revoked account’s connections are closed, its tokens void, a new login is good', async () => {
      const ann = await http.join('ann')
      const cookie = await http.login(ann.username)
      const tab = await http.connect(ann.username, cookie)
      await own().chat.accounts.revokeCredentials(await idOf(ann))
      for (const client of [ann, tab]) {
        assert.deepEqual(await client.closed, { code: 1000, reason: 'invalid login-token' })
      }
      assert.deepEqual(await http.open({ cookie }).closed, { code: 1000, reason: 'invalid login-token' })
      assert.equal((await http.call('GET', '/auth/verify', { headers: { cookie } })).status, 401)
      const fresh = await until('a login in a later second', async () => {
        const headers = { cookie: await http.login(ann.username) }
        return (await http.call('GET', '/auth/verify', { headers })).status === 200
          ? headers.cookie
          : undefined
      })
      await http.connect(ann.username, fresh)
    })

    test('a disabled account is gone', async () => {
      const ann = await http.join('ann')
      const cookie = await http.login(ann.username)
      await own().chat.accounts.disable(await idOf(ann))
      const gone = { code: 1000, reason: `'${ann.username}' doesn't exists` }
      assert.deepEqual(await ann.closed, gone)
      assert.deepEqual(await http.open({ cookie }).closed, gone)
      const { status, text } = await http.call('GET', '/auth/verify', { headers: { cookie } })
      assert.deepEqual([status, text], [401, 'invalid login-token'])
      const login = await http.post('/auth/login', { username: ann.username, password: 'correct horse' })
      assert.equal(login.status, 401)
    })

    test('nobody stays online when the last connection ends', async () => {
      const ann = await http.join('ann')
      const accountId = await idOf(ann)
      assert.equal(await own().chat.presence.isOnline(accountId), true)
      ann.ws.terminate()
      await until('the end', async () => !(await own().chat.presence.isOnline(accountId)))
    })
  })

  suite('chatapp limits and farewell', () => {
    test('too many requests are told under the event’s type, and over HTTP with Retry-After', async () => {
      const limited = await startParlance({ JWTSECRET: SECRET, PARLANCE_RATE_LIMITS: 'on' })
      try {
        const client = new ChatappHttp(limited.url)
        const ann = await client.join('ann')
        for (let i = 0; i < 1_100; i++) await ann.send({ type: 'send_message' })
        const refused = await until('a refusal', () =>
          ann.frames.find(({ error }) => /too many/.test(error ?? '')),
        )
        assert.deepEqual(refused, failure('send_message', 'too many requests'))
        await ann.settle()

        const wrong = { username: ann.username, password: 'wrong' }
        const answers = await Promise.all(Array.from({ length: 22 }, () => client.post('/auth/login', wrong)))
        assert.ok(answers.every(({ status }) => status === 401 || status === 429))
        const { status, text, headers } = await client.post('/auth/login', wrong)
        assert.deepEqual([status, text], [429, 'too many requests'])
        assert.ok(Number(headers.get('retry-after')) >= 1)
      } finally {
        await limited.close()
      }
    })

    test('a server that closes says so, and nobody stays online', async () => {
      const closing = await startParlance({ JWTSECRET: SECRET })
      const ann = await new ChatappHttp(closing.url).join('ann')
      await closing.close()
      assert.equal((await ann.closed).code, 1001)
    })

    test('a cookie for cross-site front ends says SameSite=None', async () => {
      const crossSite = await startParlance({ CHATAPP_COOKIE_SAMESITE: 'none' })
      try {
        const client = new ChatappHttp(crossSite.url)
        const username = await client.register('ann')
        const { headers } = await client.post('/auth/login', { username, password: 'correct horse' })
        assert.match(headers.get('set-cookie') ?? '', /; Secure; SameSite=None$/)
      } finally {
        await crossSite.close()
      }
    })

    test('on a port of its own an unknown path is answered in its words', async () => {
      const { Server } = await import('node:net')
      const probe = new Server().listen(0, '127.0.0.1')
      await new Promise((resolve) => probe.once('listening', resolve))
      const address = probe.address()
      const port = typeof address === 'object' ? address?.port : undefined
      await new Promise((resolve) => probe.close(resolve))
      const dedicated = await startParlance({ PARLANCE_PORTS: `chatapp:${port}` })
      try {
        const client = new ChatappHttp(`http://127.0.0.1:${port}`)
        const { status, text } = await client.call('GET', '/nowhere')
        assert.deepEqual([status, text], [404, '404: Not Found'])
        const register = await client.post('/register', { login: 'x', email: 'y' })
        assert.deepEqual([register.status, register.text], [400, 'username required'])
        await client.join('ann')
      } finally {
        await dedicated.close()
      }
    })
  })
}
