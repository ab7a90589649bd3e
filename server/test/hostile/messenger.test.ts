import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/dialects/messenger/errors.ts'
import { parseIsoTime } from '../../src/dialects/messenger/iso-time.ts'
import { readJsonBody } from '../../src/dialects/messenger/json-body.ts'
import { faultOf } from '../../src/dialects/messenger/json-fault.ts'
import * as wire from '../../src/dialects/messenger/wire.ts'
import { isoMicros } from '../../src/lib/clock.ts'
import {
  type Answer,
  type Chat,
  type MessagePage,
  MessengerClient,
  openPrivate,
  type Person,
  say,
  signUp,
} from '../dialects/messenger-client.ts'
import { type Target, target } from '../support/server.ts'

const server: Target = await target()
const { url } = server
after(() => server.close())

const json = { 'content-type': 'application/json' }
const many = { numRuns: 2_000 }
const some = { numRuns: 150 }

/** Any JSON, and what attackers put where a text or a number belongs. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(
    { $ne: null },
    { $gt: '' },
    JSON.parse('{"__proto__":{"length":5}}'),
    { constructor: { name: 'String' } },
    { toString: 1, valueOf: 2 },
    '\0',
    '\ud800',
    "' OR 1=1 --",
    2 ** 53 + 2,
    -0,
    1e308,
    [[[[[]]]]],
    true,
  ),
)
const fields = [
  'username',
  'email',
  'password',
  'usernameOrEmail',
  'bio',
  'with_user_id',
  'with_ids',
  'name',
  'contents',
  '__proto__',
  'constructor',
]
const anyBody = fc.oneof(
  anything,
  fc.dictionary(fc.constantFrom(...fields), anything, { noNullPrototype: true }),
)

const isProblem = (problem: unknown): boolean =>
  typeof problem === 'object' &&
  problem !== null &&
  'loc' in problem &&
  Array.isArray(problem.loc) &&
  problem.loc.every((step) => typeof step === 'string' || Number.isSafeInteger(step)) &&
  ['path', 'query', 'body'].includes(String(problem.loc[0])) &&
  'msg' in problem &&
  typeof problem.msg === 'string' &&
  'type' in problem &&
  /^(value|type)_error/.test(String(problem.type))

const isOwnShape = (status: number, body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  ('detail' in body
    ? typeof body.detail === 'string' ||
      (status === 422 && Array.isArray(body.detail) && body.detail.length > 0 && body.detail.every(isProblem))
    : 'status_code' in body && body.status_code === status)

/** Either what was asked for, or an error in the dialect's shape that says it is the client's. */
function assertAnswered({ status, body, headers }: Answer<unknown>): void {
  assert.equal(headers.get('content-type'), 'application/json')
  if (status === 200) return
  assert.ok(status >= 400 && status < 500 && isOwnShape(status, body), `${status} ${JSON.stringify(body)}`)
}

describe('parsers', () => {
  const parsers = [
    wire.registration,
    wire.login,
    wire.newBio,
    wire.chatPage,
    wire.newPrivateChat,
    wire.newGroupChat,
    wire.chatId,
    wire.newMessage,
    wire.messagePage,
    wire.messageId,
  ] as const

  it('make a command or a refusal of any request', () => {
    const values = fc.dictionary(
      fc.constantFrom('chat_id', 'message_id', 'cursor', 'limit'),
      fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { minLength: 1 })),
    )
    const raw = fc.record({ path: values, query: values, body: anyBody })
    fc.assert(
      fc.property(raw, fc.constantFrom(...parsers), ({ body, ...rest }, parse) => {
        try {
          parse({ ...rest, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) })
        } catch (error) {
          assert.ok(error instanceof Refusal && error.status === 422 && isOwnShape(422, error.body))
        }
      }),
      many,
    )
  })

  it('make an object or a refusal of any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .string({ unit: fc.constantFrom(...'{}[]":,\\u0aefnrtls-+.1 \t\n\0é🌻') })
        .map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          const value = readJsonBody(Buffer.from(body), 'application/json')
          assert.ok(value === undefined || typeof value === 'object')
        } catch (error) {
          assert.ok(
            error instanceof Refusal &&
              [400, 422].includes(error.status) &&
              isOwnShape(error.status, error.body),
          )
        }
      }),
      many,
    )
  })

  it('find a fault where one is, and only there', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        // A whole document has no fault of its own: what is reported is the placeholder.
        assert.deepEqual(faultOf(text), { msg: 'Expecting value', at: 0 })
        const part = text.slice(0, cut % text.length)
        const { at } = faultOf(part)
        assert.ok(at >= 0 && at <= part.length)
      }),
      many,
    )
  })

  it('are not slow on deep or long input', () => {
    const started = performance.now()
    for (const text of [
      '['.repeat(250_000),
      '{"a":'.repeat(50_000),
      `"${'\\'.repeat(250_000)}`,
      `[${'1,'.repeat(120_000)}`,
    ])
      assert.throws(() => readJsonBody(Buffer.from(text), 'application/json'), Refusal)
    for (const email of [
      `${'a.'.repeat(126)}@b`,
      `a@${'b-'.repeat(125)}`,
      `a@${'b.'.repeat(125)}`,
      'a'.repeat(255),
    ]) {
      const body = Buffer.from(JSON.stringify({ username: 'u', email, password: 'p' }))
      assert.throws(
        () => wire.registration({ path: {}, query: {}, contentType: 'application/json', body }),
        Refusal,
      )
    }
    assert.ok(performance.now() - started < 2_000)
  })

  it('read every time that is written, to the microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (micros) => {
        assert.equal(parseIsoTime(isoMicros(micros, '+00:00')), micros)
        assert.equal(parseIsoTime(isoMicros(micros, 'Z')), micros)
      }),
      many,
    )
  })

  it('make a time or nothing of any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789-:T +Z.'), maxLength: 32 }),
      fc
        .tuple(fc.nat(9999), fc.nat(99), fc.nat(99), fc.nat(99))
        .map(([y, m, d, h]) => `${String(y).padStart(4, '0')}-${m}-${d}T${h}:00`),
    )
    fc.assert(
      fc.property(text, (value) => {
        const micros = parseIsoTime(value)
        assert.ok(micros === undefined || Number.isSafeInteger(micros))
      }),
      many,
    )
  })
})

describe('the server', () => {
  let ann: Person
  let bob: Person
  let chat: Chat
  before(async () => {
    ;[ann, bob] = await Promise.all([signUp(url, 'ann'), signUp(url, 'bob')])
    chat = await openPrivate(ann, bob)
  })

  const routes = () =>
    fc.constantFrom<readonly [string, string]>(
      ['PATCH', '/user/bio'],
      ['POST', '/chat/private/create'],
      ['POST', '/chat/group/create'],
      ['POST', `/chat/${chat.id}/message`],
    )

  it('answers any JSON body in its own words, and lives', async () => {
    await fc.assert(
      fc.asyncProperty(routes(), anyBody, async ([method, path], body) => {
        assertAnswered(await ann.client.send(method, path, { headers: json, body: JSON.stringify(body) }))
      }),
      some,
    )
    await say(ann, chat, 'still here')
  })

  it('answers any bytes under any content type', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 })
    const type = fc.oneof(
      fc.constantFrom('application/json', 'text/plain', ';', 'a/b;c="'),
      fc.stringMatching(/^[!-~]{1,30}$/),
    )
    await fc.assert(
      fc.asyncProperty(routes(), bytes, type, async ([method, path], body, contentType) => {
        const headers = { 'content-type': contentType }
        assertAnswered(await ann.client.send(method, path, { headers, body: Buffer.from(body) }))
      }),
      some,
    )
  })

  it('answers any id, cursor and limit', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed()),
      fc.bigInt().map(String),
      fc.double().map(String),
    )
    const path = fc
      .tuple(fc.constantFrom('/chat/:/messages', '/chat/:', '/user/chats', '/message/:'), text, text, text)
      .map(([route, id, cursor, limit]) => {
        const query = new URLSearchParams({ cursor, limit }).toString()
        return `${route.replace(':', () => encodeURIComponent(id).replaceAll('.', '%2E'))}?${query}`
      })
    await fc.assert(
      fc.asyncProperty(path, async (asked) => assertAnswered(await ann.client.get(asked))),
      some,
    )
  })

  it('answers any Authorization header as a stranger’s', async () => {
    const token = ann.client.token ?? ''
    const [head = '', payload = '', signature = ''] = token.split('.')
    const part = fc.oneof(
      fc.constantFrom(head, payload, signature, ''),
      fc.base64String({ maxLength: 60 }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    )
    const header = fc.oneof(
      fc.tuple(part, part, part).map((parts) => `Bearer ${parts.join('.')}`),
      fc.stringMatching(/^[!-~][ -~]{0,80}$/),
    )
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        fc.pre(authorization.trim() !== `Bearer ${token}`)
        const { status } = await new MessengerClient(url).send('GET', '/user/me', {
          headers: { authorization },
        })
        assert.equal(status, 401)
      }),
      some,
    )
  })

  it('lets nobody speak, read or delete as someone else', async () => {
    const eve = await signUp(url, 'eve')
    const { id } = await say(ann, chat, 'private')
    const asAnn = { contents: 'I am Ann', author_id: ann.id, user_id: ann.id, sub: String(ann.id) }
    assert.equal((await eve.client.post(`/chat/${chat.id}/message`, asAnn)).status, 404)
    assert.equal((await eve.client.get(`/chat/${chat.id}/messages?user_id=${ann.id}`)).status, 404)
    assert.equal((await eve.client.call('DELETE', `/message/${id}`)).status, 404)
    assert.equal((await bob.client.call('DELETE', `/message/${id}`)).status, 403)
    const own = await bob.client.ok<{ author_id: number }>('POST', `/chat/${chat.id}/message`, asAnn)
    assert.equal(own.author_id, bob.id)
    const { messages } = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages?limit=100`)
    assert.ok(messages.some((message) => message.id === id))
    assert.ok(messages.every(({ author_id }) => author_id !== eve.id))
  })

  it('knows nobody by an email that is someone’s username, nor the reverse', async () => {
    const eve = new MessengerClient(url)
    const claims = { username: ann.email, email: `eve@example.org`, password: 'p' }
    assert.equal((await eve.post('/register', claims)).status, 400)
    const { status } = await eve.post('/login', { usernameOrEmail: ann.email, password: bob.password })
    assert.equal(status, 400)
  })
})
