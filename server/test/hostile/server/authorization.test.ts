import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { deriveKey } from '../../../src/lib/token.ts'
import { secretsOf, startParlance, type TestServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { BareWs } from './bare-ws.ts'
import { assertUnharmed, openFortress, PUSHER } from './fortress.ts'
import { ask, openTalk, PASSWORD, Person, socketIo, type Talk } from './talk.ts'

const JWTSECRET = 'a secret of which only this test knows'
const TTL = 900

let server: TestServer
let url: string
let talk: Talk
/** Has an account, and no business here. */
let eve: Person

before(async () => {
  server = await startParlance({ ...PUSHER, JWTSECRET, CHANNELS_TOKEN_TTL: String(TTL) })
  url = server.url
  talk = await openTalk(url)
  eve = await Person.register(url, 'eve')
  await say('for the two of us')
})
after(() => server.close())

const say = (contents: string) => ask(url, `/chat/${talk.id}/message`, { contents }, talk.ann.messenger)

const now = () => Math.floor(Date.now() / 1000)
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Sign = (text: string) => string
const hmac =
  (key: string, algorithm = 'sha256'): Sign =>
  (text) =>
    createHmac(algorithm, key).update(text).digest('base64url')

function token(claims: object, sign: Sign, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = `${base64(header)}.${base64(claims)}`
  return `${text}.${sign(text)}`
}

/** A dialect that takes JWTs: its key, the claims of a good one, and whether it lets a token in. */
interface Door {
  readonly key: string
  readonly claims: (exp: unknown) => object
  readonly ttl: number
  letsIn(jwt: string): Promise<boolean>
}

function doors(): Readonly<Record<string, Door>> {
  const { root } = secretsOf(server)
  const { ann } = talk
  const lets = async (path: string, headers: Readonly<Record<string, string>>) =>
    (await ask(url, path, undefined, headers)).status === 200
  return {
    chatapp: {
      key: JWTSECRET,
      claims: (exp) => ({ username: ann.username, exp }),
      ttl: 3600,
      letsIn: (jwt) => lets('/auth/verify', { cookie: `login-token=${jwt}` }),
    },
    messenger: {
      key: deriveKey(root, 'messenger'),
      claims: (exp) => ({ sub: String(ann.id), exp }),
      ttl: 7200,
      letsIn: (jwt) => lets('/user/me', { authorization: `Bearer ${jwt}` }),
    },
    channels: {
      key: deriveKey(deriveKey(root, 'channels'), `lifetime:${TTL}`),
      claims: (exp) => ({ sub: String(ann.id), jti: 'x', exp }),
      ttl: TTL,
      letsIn: (jwt) => lets('/api/users', { authorization: `Bearer ${jwt}` }),
    },
  }
}

describe('tokens', () => {
  test('a good one opens its own dialect and no other', async () => {
    const all = Object.entries(doors())
    for (const [owner, { key, claims, ttl }] of all) {
      const jwt = token(
        { ...claims(now() + ttl), username: talk.ann.username, sub: String(talk.ann.id) },
        hmac(key),
      )
      for (const [name, { letsIn }] of all)
        assert.equal(await letsIn(jwt), name === owner, `${owner} at ${name}`)
    }
    // Nor do secrets of rooms open anything else, nor anything else rooms.
    const { ann } = talk
    for (const [name, { letsIn }] of all) assert.equal(await letsIn(ann.uuid), false, name)
    const tokens = [
      ann.cookie.split('=')[1],
      ann.messenger.authorization.split(' ')[1],
      ann.channels.authorization,
    ]
    for (const secret of tokens) {
      const { json } = await ask(url, '/create-room', {}, { user: String(secret) })
      assert.equal(json.ok, false)
    }
  })

  test('one that is signed with no key, a public one or another algorithm opens nothing', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const rsa: Sign = (text) => createSign('sha256').update(text).sign(privateKey).toString('base64url')
    for (const [name, { key, claims, ttl, letsIn }] of Object.entries(doors())) {
      const good = claims(now() + ttl)
      const forged = [
        ...['none', 'None', 'NONE', '', null].map((alg) => token(good, () => '', { alg, typ: 'JWT' })),
        token(good, hmac(key), { alg: 'none' }),
        token(good, hmac(key, 'sha512'), { alg: 'HS512', typ: 'JWT' }),
        token(good, hmac(key), { alg: 'HS512', typ: 'JWT' }),
        token(good, hmac(key), { alg: 'RS256', typ: 'JWT' }),
        token(good, rsa, { alg: 'RS256', typ: 'JWT', jwk: publicKey.export({ format: 'jwk' }) }),
        token(good, hmac(pem)),
        token(good, hmac('')),
        token(good, hmac('secret')),
        token(good, hmac(''), { alg: 'HS256', typ: 'JWT', kid: '/dev/null' }),
        token(good, hmac(key.slice(1))),
        `${token(good, hmac(key))}x`,
        token(good, hmac(key)).replace(/\.[^.]*$/, '.'),
        `${base64({ alg: 'HS256' })}.${base64(good)}`,
        '..',
        'null',
        `${'a'.repeat(10_000)}.a.a`,
      ]
      for (const jwt of forged) assert.equal(await letsIn(jwt), false, `${name}: ${jwt.slice(0, 90)}`)
      assert.equal(await letsIn(token(good, hmac(key))), true, name)
    }
  })

  test('one whose end is missing, past, no number, or whose claims are odd opens nothing', async () => {
    for (const [name, { key, claims, letsIn }] of Object.entries(doors())) {
      const wrong = [undefined, null, now() - 1, 0, -1, String(now() + 100), [now() + 100], {}, true]
      for (const exp of wrong) {
        const jwt = token(claims(exp), hmac(key))
        assert.equal(await letsIn(jwt), false, `${name}: exp ${JSON.stringify(exp)}`)
      }
      const good = { exp: now() + 100 }
      const odd = [
        ...[
          talk.ann.id,
          [String(talk.ann.id)],
          { $ne: null },
          ' 1',
          '1e0',
          '0x1',
          '',
          null,
          '__proto__',
          -1,
        ].map((who) => ({ ...good, sub: who, username: typeof who === 'string' ? 'no such user' : who })),
        { ...good, __proto__: null, toString: 'x' },
        [],
        null,
        'text',
        1,
      ]
      for (const payload of odd) {
        const jwt = token(payload as object, hmac(key))
        assert.equal(await letsIn(jwt), false, `${name}: ${JSON.stringify(payload)}`)
      }
    }
  })
})

describe('a private conversation of others', () => {
  const signed = async (person: Person, channelName: string, socketId: string) =>
    (await ask(url, '/api/pusher/auth', { channel_name: channelName, socket_id: socketId }, person.channels))
      .status

  test('cannot be read, written to or heard by its names, in any dialect', async () => {
    const { id, gid, channel, ann, bob } = talk
    const refusals = [
      await ask(url, '/send-message', { room_gid: gid, msg: 'x' }, { user: eve.uuid }),
      await ask(url, `/get-room-history?room_gid=${gid}`, undefined, { user: eve.uuid }),
      await ask(url, `/chat/${id}`, undefined, eve.messenger),
      await ask(url, `/chat/${id}/messages`, undefined, eve.messenger),
      await ask(url, `/chat/${id}/message`, { contents: 'x' }, eve.messenger),
      await ask(url, `/api/get_message/${channel}`, undefined, eve.channels),
      await ask(url, `/api/get_message/${id}`, undefined, eve.channels),
      ...(await Promise.all(
        [
          { from_user: eve.id, to_user: bob.id, channel, message: 'x' },
          { from_user: eve.id, to_user: bob.id, channel: id, message: 'x' },
          { from_user: ann.id, to_user: bob.id, channel, message: 'x' },
          { from_user: eve.id, to_user: eve.id, channel, message: 'x' },
        ].map((posting) => ask(url, '/api/send_message', posting, eve.channels)),
      )),
    ]
    for (const { status, json, text } of refusals) {
      assert.ok(status >= 400 || json.ok === false, text)
      assert.doesNotMatch(text, /for the two of us/)
    }
    const ws = await eve.chatapp()
    for (const type of ['get_messages', 'get_conversation_info', 'send_message']) {
      ws.say(JSON.stringify({ type, id, conversation_id: id, content: 'x' }))
      assert.match(await ws.heard(`"${type}"`), /"success":false/)
    }
    ws.end()
  })

  test('cannot be subscribed to, with or without somebody else’s signature', async () => {
    const { channel, ann } = talk
    const ws = await new BareWs(url, '/app/test-key?protocol=7').opened()
    const socketId = /\d+\.\d+/.exec(await ws.heard('established'))?.[0] ?? ''
    const presence = channel.replace('private', 'presence')
    const names = [
      channel,
      presence,
      channel.replace('private-', 'private-encrypted-'),
      `private-notification_user_${ann.id}`,
      `private-notification_user_0${eve.id}`,
      `${channel}_${eve.id}`,
      `private-chat_${eve.id}_${ann.id}`,
      `private-chat_${ann.id}_${ann.id}`,
      'private-anything',
    ]
    for (const name of names) assert.equal(await signed(eve, name, socketId), 403, name)
    const { json } = await ask(
      url,
      '/api/pusher/auth',
      { channel_name: channel, socket_id: '1.1' },
      ann.channels,
    )
    const attempts = [
      { channel },
      { channel, auth: '' },
      { channel, auth: json.auth },
      { channel, auth: `test-key:${'0'.repeat(64)}` },
      { channel: presence, auth: json.auth, channel_data: JSON.stringify({ user_id: String(ann.id) }) },
      { channel: `#server-to-user-${ann.id}` },
    ]
    for (const data of attempts) {
      ws.say(JSON.stringify({ event: 'pusher:subscribe', data }))
      await ws.heard('pusher:error')
    }
    // Nor can it be spoken into from outside.
    ws.say(JSON.stringify({ event: 'client-new_message', channel, data: '{}' }))
    await ws.heard('not subscribed')
    await say('nobody else hears this')
    ws.say('{"event":"pusher:ping","data":{}}')
    await ws.heard('pusher:pong')
    assert.ok(!ws.texts.some((text) => text.includes('nobody else')))
    ws.end()
  })

  test('cannot be spoken in by a socket that is bound to somebody else, or to nobody', async () => {
    const { gid, ann } = talk
    const ws = await socketIo(url)
    const ask = (event: string, fields: object) => ws.say(`42${JSON.stringify([event, fields])}`)
    for (const event of ['send_message', 'enter_group', 'visit_group', 'join_group', 'leave_group'])
      await ask(event, { username: ann.username, group_name: gid, text: 'x' }).heard('Password required.')
    for (const password of ['wrong', '', '\0', 'x'.repeat(10_000)]) {
      ask('find_user', { username: ann.username, password })
      await until('a refusal', () => ws.texts.some((text) => /not_authorized|invalid_request/.test(text)))
      ws.frames.length = 0
    }
    await ask('find_user', { username: eve.username, password: PASSWORD }).heard('user_found')
    await ask('send_message', { username: ann.username, group_name: gid, text: 'x' }).heard(
      'Not your username.',
    )
    await ask('enter_group', { username: eve.username, group_name: gid }).heard('group_not_join')
    ws.end()
  })

  test('keeps its messages from being deleted or quoted by others', async () => {
    const { id, ann, bob } = talk
    const sent = await say('mine')
    const messageId = sent.json.id
    const remove = async (person: Person) =>
      (await fetch(`${url}/message/${messageId}`, { method: 'DELETE', headers: person.messenger })).status
    assert.equal(await remove(eve), 404)
    assert.equal(await remove(bob), 403)
    const group = await ask(url, '/chat/group/create', { with_ids: [ann.id], name: 'mine' }, eve.messenger)
    const ws = await eve.chatapp()
    ws.say(
      JSON.stringify({
        type: 'send_message',
        conversation_id: group.json.id,
        content: 'x',
        reply_id: messageId,
      }),
    )
    await ws.heard('No such')
    ws.end()
    const { json } = await ask(url, `/chat/${id}/messages`, undefined, ann.messenger)
    assert.ok((json.messages as { id: number }[]).some((message) => message.id === messageId))
    const both = await Promise.all([remove(ann), remove(ann), remove(ann)])
    assert.deepEqual(both.sort(), [200, 404, 404], 'deleted once')
  })
})

test('a block holds however one hurries', async () => {
  const { chat } = server
  const [cat, dan] = await Promise.all([Person.register(url, 'cat'), Person.register(url, 'dan')])
  const opened = await ask(url, '/chat/private/create', { with_user_id: cat.id }, dan.messenger)
  const account = async ({ username }: Person) =>
    (await chat.accounts.findByUsername(username)) ?? assert.fail()
  const [cats, dans] = [await account(cat), await account(dan)]
  const hurry = Array.from({ length: 40 }, async (_, n) => {
    if (n === 20) await chat.contacts.block(cats.accountId, dans.accountId)
    return (await ask(url, `/chat/${opened.json.id}/message`, { contents: `${n}` }, dan.messenger)).status
  })
  const statuses = await Promise.all(hurry)
  assert.ok(statuses.every((status) => status === 200 || status === 403))
  const after = await ask(url, `/chat/${opened.json.id}/message`, { contents: 'still?' }, dan.messenger)
  assert.equal(after.status, 403)
  const meetings = await Promise.all([
    ask(url, '/api/request_chat', { from_user: dan.id, to_user: cat.id }, dan.channels),
    ask(url, '/chat/group/create', { with_ids: [cat.id], name: 'us' }, dan.messenger),
    ask(url, '/chat/private/create', { with_user_id: cat.id }, dan.messenger),
  ])
  assert.deepEqual(
    meetings.map(({ status }) => status),
    [404, 400, 400],
  )
  const { text } = await ask(url, '/api/users', undefined, dan.channels)
  assert.ok(!text.includes(cat.username))
})

test('names that mean something to JavaScript, HTTP or a log mean nothing here', async (t) => {
  const fortress = await openFortress(t, { LOG_LEVEL: 'trace' })
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'x\r\nSet-Cookie: a=b',
    '{"level":60,"msg":"forged"}',
    '\u202eevil',
    '<script>alert(1)</script>',
    "'; DROP TABLE accounts; --",
    '%00',
    '../../etc/passwd',
  ]
  for (const username of names) {
    const account = {
      username,
      password: 'a-password-in-no-log',
      email: `e${names.indexOf(username)}@example.org`,
    }
    const { status, json } = await ask(fortress.url, '/register', account)
    assert.equal(status, 200, username)
    const me = await ask(fortress.url, '/user/me', undefined, {
      authorization: `Bearer ${json.access_token}`,
    })
    assert.equal(me.json.username, username)
    const login = await ask(fortress.url, '/auth/login', { username, password: account.password })
    assert.deepEqual([login.status, login.headers.get('set-cookie')?.split('=')[0]], [202, 'login-token'])
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const ws = await new BareWs(fortress.url, '/ws', { Cookie: cookie }).opened()
    await ws.say('{"type":"self"}').heard('"self"')
    ws.say(JSON.stringify({ type: 'create_conversation', members: names, name: username }))
    await ws.heard('create_conversation')
    ws.say(JSON.stringify({ type: username, __proto__: { type: 'ping' } }))
    await ws.heard('no type field')
    ws.say('{"type":"send_message","conversation_id":1,"content":"a-body-in-no-log"}')
    await ws.heard('send_message')
    ws.end()
    const groups = await socketIo(fortress.url)
    await groups.say(`42${JSON.stringify([username, { username }])}`).heard('invalid_request')
    groups.end()
  }
  const said = fortress.output.stderr + fortress.output.stdout
  for (const secret of [
    'a-password-in-no-log',
    'a-body-in-no-log',
    'login-token=ey',
    'eyJ',
    PUSHER.PUSHER_SECRET,
  ])
    assert.ok(!said.includes(secret), `${secret} is in the log`)
  for (const line of fortress.output.stderr.split('\n')) if (line !== '') JSON.parse(line)
  assertUnharmed(fortress)
})

test('an endless text costs no parser more than its length', async () => {
  const long = 100_000
  const texts = ['a', ' ', '-', '.', '@', 'a@', 'a-', '\\', '{', '[', '"', '0', 'é', '\u0301', 'a.a'].map(
    (unit) => unit.repeat(long / unit.length),
  )
  for (const text of texts) {
    const startedAt = performance.now()
    await ask(url, '/register', { username: 'x', email: `${text}@example.org`, password: 'x' })
    await ask(url, '/register', { username: 'x', email: `a@${text}`, password: 'x' })
    await ask(url, '/register', text)
    await ask(url, '/api/pusher/auth', { channel_name: text, socket_id: text }, eve.channels)
    await ask(url, `/user/chats?cursor=${encodeURIComponent(text.slice(0, 4_000))}`, undefined, eve.messenger)
    await ask(url, '/user/me', undefined, {
      authorization: `Bearer ${encodeURIComponent(text.slice(0, 4_000))}`,
    })
    await ask(url, '/auth/verify', undefined, { cookie: `${encodeURIComponent(text.slice(0, 4_000))}=` })
    await ask(url, `/chat/${encodeURIComponent(text.slice(0, 4_000))}`, undefined, eve.messenger)
    const took = performance.now() - startedAt
    assert.ok(took < 1_500, `${JSON.stringify(text.slice(0, 5))}… took ${took} ms`)
  }
})
