import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/dialects/messenger/errors.ts'
import { readJsonBody } from '../../src/dialects/messenger/json-body.ts'
import * as wire from '../../src/dialects/messenger/wire.ts'
import { type Answer, openPrivate, say, signUp } from '../dialects/messenger-client.ts'
import { deep } from '../support/deep.ts'
import { target } from '../support/server.ts'

const server = await target()
const { url } = server
after(() => server.close())
const [ann, bob] = await Promise.all([signUp(url, 'ann'), signUp(url, 'bob')])
const chat = await openPrivate(ann, bob)

const json = { 'content-type': 'application/json' }
const many = { numRuns: deep(2_000) }
const some = { numRuns: deep(150) }

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
})

describe('the server', () => {
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
})
