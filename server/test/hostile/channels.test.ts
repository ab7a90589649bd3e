import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { parseChatName } from '../../src/dialects/channels/channel-names.ts'
import { Refusal } from '../../src/dialects/channels/errors.ts'
import * as wire from '../../src/dialects/channels/wire.ts'
import {
  type Asking,
  ask,
  BareSubscriber,
  fieldOf,
  KEYS,
  logIn,
  openChat,
  type Person,
  person,
  type Reply,
  sendMessage,
} from '../support/channels.ts'
import { startParlance, type TestServer } from '../support/server.ts'

let server: TestServer
let url: string
let ann: Person
let bob: Person
let eve: Person
let channel: string
before(async () => {
  server = await startParlance({ PARLANCE_DIALECTS: 'channels', ...KEYS })
  url = server.url
  ;[ann, bob, eve] = await Promise.all([person(url, 'ann'), person(url, 'bob'), person(url, 'eve')])
  channel = await openChat(url, ann, bob)
})
after(() => server.close())

const POSTS = ['/api/register', '/api/login', '/api/request_chat', '/api/pusher/auth', '/api/send_message']
const path = fc.constantFrom(...POSTS)
const junkText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '$ne', '\0', '\ud800', '-1', '1e9', '9007199254740993', '☃'),
)
const junk = fc.oneof(junkText, fc.jsonValue({ stringUnit: 'binary' }), fc.double(), fc.constant(undefined))
const RUNS = { numRuns: 150 }

/** Refused in the dialect's own form, as the client's fault. */
function assertRefused({ status, body }: Reply): void {
  assert.ok(status >= 400 && status < 500, `status ${status}`)
  const text = fieldOf(body, 'msg') ?? fieldOf(body, 'message')
  assert.ok(typeof text === 'string' && text !== '')
}

const isAlive = async (): Promise<void> => {
  assert.equal((await sendMessage(url, { from: ann, to: bob, channel }, 'still here')).status, 200)
}

describe('parsers', () => {
  const PARSERS = [
    wire.parseRegistration,
    wire.parseLogin,
    wire.parseChatRequest,
    wire.parsePosting,
    wire.parseSubscription,
    wire.parseUsersPage,
    wire.parseChannel,
  ]
  const fields = [
    'username',
    'password',
    'from_user',
    'to_user',
    'message',
    'channel',
    'socket_id',
    'channel_name',
  ]
  const body = fc.oneof(junk, fc.dictionary(fc.constantFrom(...fields, 'after', 'limit', '__proto__'), junk))

  test('refuse or parse whatever they are given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PARSERS), body, (parse, given) => {
        try {
          parse(given)
        } catch (error) {
          assert.ok(error instanceof Refusal)
          assert.equal(error.answer.status, 400)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('read no inherited field', () => {
    const inherited = Object.create({ username: 'ann', password: 'secret' })
    assert.throws(() => wire.parseLogin(inherited), Refusal)
  })

  test('know a chat only by its one exact name', () => {
    const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(id, id, fc.string(), (a, b, extra) => {
        const name = `private-chat_${a}_${b}`
        assert.deepEqual(parseChatName(name), a === b ? undefined : { kind: 'private', pair: [a, b] })
        if (/^\d*$/.test(extra)) return
        for (const other of [name + extra, extra + name, `private-chat_0${a}_${b}`]) {
          assert.equal(parseChatName(other), undefined)
        }
      }),
    )
  })
})

describe('HTTP', () => {
  test('answers any body in its own words', async () => {
    const raw = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
      junk.map((value) => JSON.stringify(value) ?? ''),
      fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0etfn- ') }),
    )
    const types = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'text/html',
      'a/b; c',
      '\t',
    )
    await fc.assert(
      fc.asyncProperty(path, raw, types, async (to, body, type) => {
        const asking = { token: ann.token, raw: body, headers: { 'content-type': type } }
        assertRefused(await ask(url, to, asking))
      }),
      RUNS,
    )
    await isAlive()
  })

  test('answers any values of the fields it knows in its own words', async () => {
    const posting = fc.record({ from_user: junk, to_user: junk, message: junk, channel: junk })
    const asked = fc.record({ socket_id: junk, channel_name: junk })
    await fc.assert(
      fc.asyncProperty(path, posting, asked, async (to, one, other) => {
        assertRefused(await ask(url, to, { token: ann.token, json: { ...one, ...other } }))
      }),
      RUNS,
    )
    await isAlive()
  })

  test('answers bodies that are too large or too deep', async () => {
    for (const to of POSTS) {
      const deep = { raw: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }
      assertRefused(await ask(url, to, { token: ann.token, ...deep }))
      const objects = { raw: `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}` }
      assertRefused(await ask(url, to, { token: ann.token, ...objects }))
      const large = { username: 'x'.repeat(300_000), password: 'x' }
      const { status, body } = await ask(url, to, { token: ann.token, json: large })
      assert.deepEqual([status, fieldOf(body, 'message')], [413, 'The request is too large'])
    }
    await isAlive()
  })

  test('answers any Authorization header without accepting it', async () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    })
    const header = fc.oneof(
      ascii,
      ascii.map((text) => `Bearer ${text}`),
      fc.tuple(ascii, ascii, ascii).map((parts) => `Bearer ${parts.join('.')}`),
      fc.nat(ann.token.length - 1).map((at) => `Bearer ${ann.token.slice(0, at)}`),
      fc.jsonValue().map((claims) => {
        const [head, , signature] = ann.token.split('.')
        return `Bearer ${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      }),
    )
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        const { status, body } = await ask(url, '/api/users', { headers: { authorization } })
        assert.ok(status === 401 || status === 422)
        assert.deepEqual(Object.keys(Object(body)), ['msg'])
      }),
      RUNS,
    )
  })

  test('answers any channel in the path, and any page', async () => {
    await fc.assert(
      fc.asyncProperty(junkText, async (name) => {
        const segment = name.isWellFormed() ? encodeURIComponent(name) : '%ff'
        const history = await ask(url, `/api/get_message/${segment}`, { token: eve.token })
        if (history.status === 200) assert.deepEqual(history.body, [])
        else assertRefused(history)
        const page = await ask(url, `/api/users?after=${segment}&limit=${segment}`, { token: eve.token })
        if (page.status !== 200) assertRefused(page)
      }),
      RUNS,
    )
    await isAlive()
  })

  test('keeps a message as it was sent, whatever is in it', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((each) => !each.includes('\0') && each.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, async (message) => {
        const { body } = await sendMessage(url, { from: ann, to: bob, channel }, message)
        assert.equal(fieldOf(body, 'message'), message)
        const history = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
        assert.ok(Array.isArray(history.body))
        assert.equal(fieldOf(history.body.at(-1), 'message'), message)
      }),
      { numRuns: 40 },
    )
  })
})

describe('who may speak as whom', () => {
  const as = ({ token }: Person, json: unknown): Asking => ({ token, json })
  const spellings = (id: number) => [id, String(id), `0${id}`, `00000${id}`]

  test('nobody speaks as another, however the id is spelt', async () => {
    for (const from_user of spellings(ann.id)) {
      const sent = { from_user, to_user: bob.id, message: 'I am Ann', channel }
      assert.equal((await ask(url, '/api/send_message', as(eve, sent))).status, 403)
      assert.equal((await ask(url, '/api/send_message', as(bob, sent))).status, 403)
      assert.equal((await ask(url, '/api/request_chat', as(eve, sent))).status, 403)
    }
  })

  test('nobody speaks or reads where it does not take part, however the channel is spelt', async () => {
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const id = Number(fieldOf(body[0], 'channel_id'))
    for (const name of [channel, ...spellings(id)]) {
      const sent = { from_user: eve.id, to_user: bob.id, message: 'hi', channel: name }
      assert.equal((await ask(url, '/api/send_message', as(eve, sent))).status, 403)
      const history = await ask(url, `/api/get_message/${name}`, { token: eve.token })
      assert.equal(history.status, 403)
    }
  })

  test('nothing is signed but what is one\u2019s own', async () => {
    const its = `private-notification_user_${eve.id}`
    const names = fc.oneof(
      fc.constantFrom(
        its,
        channel,
        channel.replace('private', 'presence'),
        `private-notification_user_${ann.id}`,
      ),
      fc.string({ unit: fc.constantFrom(...'private-chat_12=@,.;:#') }),
      fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => `private-chat_${a}_${b}`),
      fc.string().map((text) => its + text),
    )
    const sockets = fc.oneof(
      fc.constantFrom('1.2', '12.34', '1.2:private-x', '1.2\n', '１.２', '1.2.3', ''),
      fc.string({ unit: fc.constantFrom(...'0123456789.:') }),
    )
    await fc.assert(
      fc.asyncProperty(sockets, names, async (socket_id, channel_name) => {
        const reply = await ask(url, '/api/pusher/auth', {
          token: eve.token,
          form: { socket_id, channel_name },
        })
        const isOwn = channel_name === its && /^\d{1,20}\.\d{1,20}$/.test(socket_id)
        assert.equal(reply.status === 200, isOwn)
        if (!isOwn) assertRefused(reply)
      }),
      RUNS,
    )
  })

  test('a signature is good for one connection and one channel', async () => {
    const [one, other] = [new BareSubscriber(url), new BareSubscriber(url)]
    const socketId = fieldOf(await one.hears('pusher:connection_established'), 'socket_id')
    const form = { socket_id: String(socketId), channel_name: channel }
    const { body } = await ask(url, '/api/pusher/auth', { token: bob.token, form })
    const auth = fieldOf(body, 'auth')
    await other.hears('pusher:connection_established')
    other.say('pusher:subscribe', { channel, auth })
    await other.hears('pusher:error')
    one.say('pusher:subscribe', {
      channel: channel.replace('private', 'presence'),
      auth,
      channel_data: '{"user_id":"1"}',
    })
    await one.hears('pusher:error')
    one.close()
    other.close()
  })

  test('a signature got before a revocation is worth nothing after it', async () => {
    const mallory = await person(url, 'mallory')
    const account = await server.chat.accounts.findByUsername(mallory.username)
    assert.ok(account)
    const socket = new BareSubscriber(url)
    const name = `private-notification_user_${mallory.id}`
    const socketId = fieldOf(await socket.hears('pusher:connection_established'), 'socket_id')
    const form = { socket_id: String(socketId), channel_name: name }
    assert.equal((await ask(url, '/api/pusher/auth', { token: mallory.token, form })).status, 200)
    await server.chat.accounts.revokeCredentials(account.accountId)
    assert.equal(await socket.closed, 4009)
  })

  test('a password is guessed only so often', async () => {
    const strict = await startParlance({ PARLANCE_DIALECTS: 'channels', PARLANCE_RATE_LIMITS: 'on' })
    const { username } = await person(strict.url, 'ann')
    const wrong = { json: { username, password: 'guess' } }
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(strict.url, '/api/login', wrong)))
    const late = await ask(strict.url, '/api/login', {
      json: { username: username.toUpperCase(), password: 'guess' },
    })
    assert.ok(replies.every(({ status }) => status === 401 || status === 429))
    assert.equal(late.status, 429)
    assert.match(late.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    await strict.close()
  })

  test('a name is as secret as a password: both are answered alike', async () => {
    const known = await ask(url, '/api/login', { json: { username: ann.username, password: 'guess' } })
    const unknown = await ask(url, '/api/login', { json: { username: 'nobody', password: 'guess' } })
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
    assert.equal((await logIn(url, ann.username)).id, ann.id)
  })
})
