import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  answered,
  ask,
  assertError,
  Crowd,
  fieldOf,
  KEYS,
  logIn,
  openChat,
  PASSWORD,
  type Person,
  person,
  requestChat,
  sendMessage,
  unique,
} from '../support/channels.ts'
import { type Target, target } from '../support/server.ts'

let server: Target
let url: string
let crowd: Crowd
before(async () => {
  server = await target({ PARLANCE_DIALECTS: 'channels,messenger', ...KEYS })
  url = server.url
  crowd = await Crowd.gather(url, 15)
})
after(() => server.close())

const pair = (): readonly [ann: Person, bob: Person] => crowd.pair()
const three = (): readonly [ann: Person, bob: Person, eve: Person] => crowd.three()

/** What no field of a name or text may be. */
const NOT_TEXTS = [undefined, null, '', 7, true, [], {}, { $ne: '' }, 'a\0b', '\ud800'] as const
/** What no id may be. */
const NOT_IDS = [
  undefined,
  null,
  '',
  'x',
  '1 ',
  '0x1',
  '1e3',
  -1,
  1.5,
  2 ** 53,
  '9007199254740993',
  true,
  [1],
] as const

const without = (value: object, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))

describe('POST /api/register', { concurrency: true }, () => {
  test('adds a user', async () => {
    const reply = await ask(url, '/api/register', { json: { username: unique('ann'), password: PASSWORD } })
    assert.deepEqual(answered(reply), [201, { status: 'success', message: 'User added successfully' }])
  })

  test('answers a taken name with 200 and an error, whatever its case', async () => {
    const { username } = await person(url, 'ann')
    for (const taken of [username, username.toUpperCase()]) {
      const reply = await ask(url, '/api/register', { json: { username: taken, password: PASSWORD } })
      assert.deepEqual(answered(reply), [200, { status: 'error', message: 'Could not add user' }])
    }
  })

  test('wants a username and a password, both texts', async () => {
    for (const field of ['username', 'password']) {
      for (const value of NOT_TEXTS) {
        const json = { username: unique('ann'), password: PASSWORD, [field]: value }
        assertError(await ask(url, '/api/register', { json }), 400)
      }
    }
  })

  test('refuses a name or password that is too long', async () => {
    const tooLong = { username: '🦊'.repeat(65), password: PASSWORD }
    assertError(await ask(url, '/api/register', { json: tooLong }), 400)
    const longPassword = { username: unique('ann'), password: 'x'.repeat(2048) }
    assertError(await ask(url, '/api/register', { json: longPassword }), 400)
  })

  test('refuses a body that is no object', async () => {
    for (const raw of ['', '{', '[]', 'null', '7', '"text"', '{"username":']) {
      assertError(await ask(url, '/api/register', { raw }), 400)
    }
  })
})

describe('POST /api/login', { concurrency: true }, () => {
  test('answers with the user and a token', async () => {
    const [{ username, id }] = pair()
    const { status, body } = await ask(url, '/api/login', { json: { username, password: PASSWORD } })
    const token = fieldOf(fieldOf(body, 'data'), 'token')
    assert.deepEqual(
      [status, body],
      [200, { status: 'success', message: 'login successful', data: { id, token, username } }],
    )
  })

  test('gives tokens whose claims are sub, jti and exp', async () => {
    const [{ token, id }] = pair()
    const [header = '', claims = ''] = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString())
    assert.equal(fieldOf(JSON.parse(header), 'alg'), 'HS256')
    const { sub, jti, exp, ...rest } = JSON.parse(claims)
    assert.deepEqual([sub, typeof jti, typeof exp, rest], [String(id), 'string', 'number', {}])
  })

  test('answers an unknown user as a wrong password', async () => {
    const [{ username }] = pair()
    for (const json of [
      { username, password: 'wrong' },
      { username: unique('nobody'), password: PASSWORD },
    ]) {
      const reply = await ask(url, '/api/login', { json })
      assert.deepEqual(answered(reply), [401, { status: 'failed', message: 'Failed getting user' }])
    }
  })

  test('wants a username and a password, both texts', async () => {
    for (const field of ['username', 'password']) {
      for (const value of NOT_TEXTS) {
        const json = { username: 'ann', password: PASSWORD, [field]: value }
        assertError(await ask(url, '/api/login', { json }), 400)
      }
    }
  })
})

describe('tokens', { concurrency: true }, () => {
  const SIGNED = [
    ['POST', '/api/request_chat'],
    ['POST', '/api/pusher/auth'],
    ['POST', '/api/send_message'],
    ['GET', '/api/users'],
    ['GET', '/api/get_message/1'],
  ] as const

  test('are asked for before the body is looked at', async () => {
    for (const [method, path] of SIGNED) {
      const raw = method === 'POST' ? { raw: '{' } : {}
      const missing = await ask(url, path, { method, ...raw })
      assert.deepEqual(answered(missing), [401, { msg: 'Missing Authorization Header' }])
    }
  })

  test('that are malformed or wrongly signed are answered 422', async () => {
    const [{ token }] = pair()
    const [header, claims] = token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    for (const authorization of [
      token,
      `Token ${token}`,
      'Bearer',
      'Bearer  ',
      `Bearer ${token} ${token}`,
      'Bearer x',
      'Bearer a.b.c',
      `Bearer ${header}.${claims}.`,
      `Bearer ${header}.${claims}.AAAA`,
      `Bearer ${none}.${claims}.`,
      `Bearer ${forged({ sub: '1', jti: 'x', exp: 1 })}`,
      `Bearer ${forged({ sub: '1', jti: 'x', exp: 4_000_000_000 })}`,
    ]) {
      const { status, body } = await ask(url, '/api/users', { headers: { authorization } })
      assert.deepEqual([status, Object.keys(Object(body))], [422, ['msg']], authorization)
    }
  })

  test('of other dialects are wrongly signed here', async () => {
    const username = unique('ann')
    const registration = { username, email: `${username}@example.org`, password: PASSWORD }
    const { body } = await ask(url, '/register', { json: registration })
    const token = fieldOf(body, 'access_token')
    assert.ok(typeof token === 'string')
    assert.equal((await ask(url, '/api/users', { token })).status, 422)
    assert.equal((await ask(url, '/api/users', { token: (await logIn(url, username)).token })).status, 200)
  })
})

const forged = (claims: object): string => {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims]
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${createHmac('sha256', 'guess').update(signed).digest('base64url')}`
}

describe('POST /api/request_chat', { concurrency: true }, () => {
  test('answers with the channels of both and of the chat', async () => {
    const [ann, bob] = pair()
    assert.deepEqual(answered(await requestChat(url, ann, bob)), [
      200,
      {
        from_user: ann.id,
        to_user: bob.id,
        from_user_notification_channel: `private-notification_user_${ann.id}`,
        to_user_notification_channel: `private-notification_user_${bob.id}`,
        channel_name: `private-chat_${ann.id}_${bob.id}`,
      },
    ])
  })

  test('echoes ids in the type they came in', async () => {
    const [ann, bob] = pair()
    const json = { from_user: String(ann.id), to_user: bob.id }
    const { body } = await ask(url, '/api/request_chat', { token: ann.token, json })
    assert.deepEqual([fieldOf(body, 'from_user'), fieldOf(body, 'to_user')], [String(ann.id), bob.id])
    assert.equal(fieldOf(body, 'channel_name'), `private-chat_${ann.id}_${bob.id}`)
  })

  test('answers one channel for the pair, named in the order of the first requester', async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, bob, ann)
    assert.equal(name, `private-chat_${bob.id}_${ann.id}`)
    assert.equal(await openChat(url, ann, bob), name)
    assert.equal(await openChat(url, bob, ann), name)
  })

  test('answers one channel when both ask at once', async () => {
    const [ann, bob] = pair()
    const names = await Promise.all([openChat(url, ann, bob), openChat(url, bob, ann)])
    assert.equal(names[0], names[1])
  })

  test('lets nobody ask as another', async () => {
    const [ann, bob, eve] = three()
    const json = { from_user: ann.id, to_user: bob.id }
    assertError(await ask(url, '/api/request_chat', { token: eve.token, json }), 403)
  })

  test('knows no user who is not there', async () => {
    const [ann] = pair()
    for (const to_user of [0, 2 ** 53 - 1, '0', String(2 ** 53 - 1)]) {
      const json = { from_user: ann.id, to_user }
      assertError(await ask(url, '/api/request_chat', { token: ann.token, json }), 404)
    }
  })

  test('refuses a chat with oneself', async () => {
    const [{ id, token }] = pair()
    for (const to_user of [id, String(id)]) {
      assertError(await ask(url, '/api/request_chat', { token, json: { from_user: id, to_user } }), 400)
    }
  })

  test('refuses what is no id', async () => {
    const [{ id, token }] = pair()
    for (const field of ['from_user', 'to_user']) {
      for (const value of NOT_IDS) {
        const json = { from_user: id, to_user: id, [field]: value }
        assertError(await ask(url, '/api/request_chat', { token, json }), 400)
      }
    }
  })
})

describe('POST /api/pusher/auth', { concurrency: true }, () => {
  const socket_id = '1234.5678'
  const signature = (text: string): string =>
    `${KEYS.PUSHER_KEY}:${createHmac('sha256', KEYS.PUSHER_SECRET).update(text).digest('hex')}`
  const sign = ({ token }: Person, channel_name: string) =>
    ask(url, '/api/pusher/auth', { token, form: { socket_id, channel_name } })

  test("signs the caller's own notification channel, asked by form or JSON", async () => {
    const [ann] = pair()
    const channel_name = `private-notification_user_${ann.id}`
    const signed = [200, { auth: signature(`${socket_id}:${channel_name}`) }]
    assert.deepEqual(answered(await sign(ann, channel_name)), signed)
    const json = { socket_id, channel_name }
    assert.deepEqual(answered(await ask(url, '/api/pusher/auth', { token: ann.token, json })), signed)
  })

  test("signs the caller's own chats, from either side", async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, ann, bob)
    for (const who of [ann, bob]) {
      assert.deepEqual(answered(await sign(who, name)), [200, { auth: signature(`${socket_id}:${name}`) }])
    }
  })

  test('says who the caller is in the presence channel of its chat', async () => {
    const [ann, bob] = pair()
    const name = (await openChat(url, ann, bob)).replace('private', 'presence')
    const { status, body } = await sign(bob, name)
    const data = fieldOf(body, 'channel_data')
    assert.ok(typeof data === 'string')
    assert.deepEqual(JSON.parse(data), { user_id: String(bob.id), user_info: { username: bob.username } })
    const auth = signature(`${socket_id}:${name}:${data}`)
    assert.deepEqual([status, body], [200, { auth, channel_data: data }])
  })

  test('signs no other private or presence channel', async () => {
    const [ann, bob, eve] = three()
    const name = await openChat(url, ann, bob)
    for (const [who, channel] of [
      [eve, name],
      [eve, name.replace('private', 'presence')],
      [eve, `private-notification_user_${ann.id}`],
      [ann, `private-notification_user_${bob.id}`],
      [ann, `presence-notification_user_${ann.id}`],
      [ann, `private-chat_${bob.id}_${ann.id}`],
      [ann, `private-chat_${ann.id}_${ann.id}`],
      [ann, `private-chat_0${ann.id}_${bob.id}`],
      [ann, `private-chat_${ann.id}_${eve.id}`],
      [ann, name.replace('private', 'private-encrypted')],
      [ann, `private-chat_${ann.id}_99999999999999999999`],
      [ann, `${name}x`],
      [ann, 'private-anything'],
      [ann, 'presence-anything'],
      [ann, 'public'],
    ] as const) {
      assertError(await sign(who, channel), 403)
    }
  })

  test('signs nothing that is malformed', async () => {
    const [ann] = pair()
    const channel_name = `private-notification_user_${ann.id}`
    for (const json of [
      ...[
        undefined,
        null,
        '',
        1234.5678,
        'x',
        '1',
        '1.',
        '.1',
        '1.2.3',
        '1.2:x',
        ' 1.2',
        '1.2\n',
        '-1.2',
        ['1.2'],
      ].map((value) => ({ socket_id: value, channel_name })),
      ...[
        undefined,
        null,
        '',
        7,
        'a b',
        'private-ü',
        'a:b',
        `private-${'x'.repeat(200)}`,
        [channel_name],
      ].map((value) => ({ socket_id, channel_name: value })),
      [],
      null,
    ]) {
      assertError(await ask(url, '/api/pusher/auth', { token: ann.token, json }), 400)
    }
    assertError(await ask(url, '/api/pusher/auth', { token: ann.token, form: {} }), 400)
  })
})

describe('POST /api/send_message', { concurrency: true }, () => {
  test('answers with the message', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const { status, body } = await sendMessage(url, { from: ann, to: bob, channel }, 'hello 🦊')
    const id = fieldOf(body, 'id')
    assert.ok(typeof id === 'number')
    const message = { id, from_user: ann.id, to_user: bob.id, message: 'hello 🦊', channel }
    assert.deepEqual([status, body], [200, message])
  })

  test('takes the channel by name or by id, and echoes it and the ids as they came', async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, ann, bob)
    await sendMessage(url, { from: ann, to: bob, channel: name }, 'first')
    const { body: history } = await ask(url, `/api/get_message/${name}`, { token: bob.token })
    assert.ok(Array.isArray(history))
    const id = fieldOf(history[0], 'channel_id')
    for (const channel of [name, id, String(id)]) {
      const sent = { from_user: String(bob.id), to_user: String(ann.id), message: 'again', channel }
      const { status, body } = await ask(url, '/api/send_message', { token: bob.token, json: sent })
      assert.deepEqual([status, body], [200, { id: fieldOf(body, 'id'), ...sent }])
    }
  })

  test('lets nobody send as another', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const json = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
    assertError(await ask(url, '/api/send_message', { token: bob.token, json }), 403)
  })

  test("lets nobody into another's channel", async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    assertError(await sendMessage(url, { from: eve, to: bob, channel }, 'hi'), 403)
    await sendMessage(url, { from: ann, to: bob, channel }, 'secret')
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body) && body.length === 1)
    const json = {
      from_user: eve.id,
      to_user: bob.id,
      message: 'hi',
      channel: fieldOf(body[0], 'channel_id'),
    }
    assertError(await ask(url, '/api/send_message', { token: eve.token, json }), 403)
  })

  test('knows no channel that is not there', async () => {
    const [ann, bob] = pair()
    await openChat(url, ann, bob)
    for (const channel of [
      `private-chat_${bob.id}_${ann.id}`,
      `presence-chat_${ann.id}_${bob.id}`,
      `private-chat_${ann.id}_0${bob.id}`,
      `private-chat_${ann.id}_${2 ** 53 - 1}`,
      `private-chat_${ann.id}_${ann.id}`,
      `private-notification_user_${ann.id}`,
      'anything',
      '__proto__',
      0,
      2 ** 53 - 1,
      '9007199254740991',
    ]) {
      const json = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
      assertError(await ask(url, '/api/send_message', { token: ann.token, json }), 404)
    }
  })

  test('reaches the other participant and nobody else', async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    for (const to of [eve, ann]) assertError(await sendMessage(url, { from: ann, to, channel }, 'hi'), 400)
  })

  test('refuses missing and mistyped fields', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const good = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
    const bad = [
      ...Object.keys(good).map((name) => without(good, name)),
      ...NOT_IDS.flatMap((id) => [
        { ...good, from_user: id },
        { ...good, to_user: id },
      ]),
      ...NOT_TEXTS.map((message) => ({ ...good, message })),
      ...[null, '', -1, 1.5, 2 ** 53, true, [channel], { $ne: '' }, 'a\0b', '\ud800'].map((name) => ({
        ...good,
        channel: name,
      })),
    ]
    for (const json of bad) {
      assertError(await ask(url, '/api/send_message', { token: ann.token, json }), 400)
    }
  })

  test('counts the length of a message in UTF-8 bytes', async () => {
    const [ann, bob] = pair()
    const chat = { from: ann, to: bob, channel: await openChat(url, ann, bob) }
    assert.equal((await sendMessage(url, chat, '🦊'.repeat(2048))).status, 200)
    assertError(await sendMessage(url, chat, `${'🦊'.repeat(2048)}x`), 400)
  })
})

describe('GET /api/users', { concurrency: true }, () => {
  test('lists everyone, the caller included', async () => {
    const [ann, bob] = pair()
    const { status, body } = await ask(url, `/api/users?after=${ann.id - 1}`, { token: bob.token })
    assert.ok(status === 200 && Array.isArray(body))
    for (const { id, username } of [ann, bob]) {
      const listed: unknown[] = body.filter((user) => fieldOf(user, 'id') === id)
      assert.deepEqual(listed, [{ id, userName: username }])
    }
  })

  test('pages by the last id', async () => {
    const [ann, bob, cy] = three()
    const lowest = Math.min(ann.id, bob.id, cy.id) - 1
    const { body } = await ask(url, `/api/users?after=${lowest}&limit=1000`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const ids = body.map((user) => fieldOf(user, 'id'))
    const paged: unknown[] = []
    for (let after: unknown = lowest; paged.length < 3; after = paged.at(-1)) {
      const page = await ask(url, `/api/users?after=${after}&limit=1`, { token: ann.token })
      assert.ok(Array.isArray(page.body) && page.body.length === 1)
      paged.push(fieldOf(page.body[0], 'id'))
    }
    assert.deepEqual(paged, ids.slice(0, 3))
  })

  test('refuses what is no page', async () => {
    const [{ token }] = pair()
    for (const query of [
      'after=x',
      'after=-1',
      'after=1&after=2',
      'limit=0',
      'limit=1001',
      'limit=',
      'limit=1.5',
    ]) {
      assertError(await ask(url, `/api/users?${query}`, { token }), 400)
    }
  })
})

describe('GET /api/get_message/<channel>', { concurrency: true }, () => {
  test('lists the messages of both, oldest first, by name or id', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const first = await sendMessage(url, { from: ann, to: bob, channel }, 'one')
    const second = await sendMessage(url, { from: bob, to: ann, channel }, 'two')
    const { status, body } = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
    assert.ok(Array.isArray(body))
    const channel_id = fieldOf(body[0], 'channel_id')
    assert.ok(typeof channel_id === 'number')
    assert.deepEqual(
      [status, body],
      [
        200,
        [
          { id: fieldOf(first.body, 'id'), message: 'one', from_user: ann.id, to_user: bob.id, channel_id },
          { id: fieldOf(second.body, 'id'), message: 'two', from_user: bob.id, to_user: ann.id, channel_id },
        ],
      ],
    )
    const byId = await ask(url, `/api/get_message/${channel_id}`, { token: ann.token })
    assert.deepEqual(byId.body, body)
  })

  test('shows a new channel empty', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    assert.deepEqual(answered(await ask(url, `/api/get_message/${channel}`, { token: ann.token })), [200, []])
  })

  test('shows a channel that is not there empty', async () => {
    const [ann, bob] = pair()
    for (const channel of [
      `private-chat_${ann.id}_${bob.id}`,
      `private-chat_${bob.id}_${ann.id}`,
      'anything',
      'constructor',
      '9007199254740991',
      '0',
    ]) {
      const reply = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
      assert.deepEqual(answered(reply), [200, []])
    }
  })

  test("refuses another's channel", async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    assertError(await ask(url, `/api/get_message/${channel}`, { token: eve.token }), 403)
    await sendMessage(url, { from: ann, to: bob, channel }, 'secret')
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const id = fieldOf(body[0], 'channel_id')
    assertError(await ask(url, `/api/get_message/${id}`, { token: eve.token }), 403)
  })
})

describe('everything else', { concurrency: true }, () => {
  test('is not found, in the form of this dialect', async () => {
    for (const path of ['/api/', '/api/nope', '/api/users/1', '/api/get_message', '/api/get_message/a/b']) {
      assertError(await ask(url, path), 404)
    }
  })

  test('that is asked with another method is told which are allowed', async () => {
    const reply = await ask(url, '/api/login')
    assertError(reply, 405)
    assert.equal(reply.headers.get('allow'), 'POST')
  })

  test('may be asked from pages of any origin, without credentials', async () => {
    const headers = { origin: 'https://chat.example.org', 'access-control-request-method': 'POST' }
    const preflight = await ask(url, '/api/send_message', { method: 'OPTIONS', headers })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization, content-type/)
    assert.equal(preflight.headers.get('access-control-allow-credentials'), null)
    // As laravel-echo has axios ask.
    const asked = { ...headers, 'access-control-request-headers': 'authorization,content-type,x-socket-id' }
    const echo = await ask(url, '/api/send_message', { method: 'OPTIONS', headers: asked })
    assert.match(echo.headers.get('access-control-allow-headers') ?? '', /x-socket-id/)
    const { headers: answer } = await ask(url, '/api/users', { headers })
    assert.equal(answer.get('access-control-allow-origin'), '*')
  })

  test('is JSON whatever type the client names', async () => {
    const [{ username }] = pair()
    for (const type of ['text/plain', 'application/vnd.api+json', 'nonsense', '']) {
      const raw = JSON.stringify({ username, password: PASSWORD })
      assert.equal((await ask(url, '/api/login', { raw, headers: { 'content-type': type } })).status, 200)
    }
  })
})
