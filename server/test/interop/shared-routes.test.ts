import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DialectName } from '../../src/dialects/index.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// Clients of several dialects call `/register` and `/login` of the main port. The body's own keys choose the
// dialect, which answers also the errors.

let server: TestServer
before(async () => {
  server = await startParlance()
})
after(() => server.close())

const ok = { ok: true }
const roomsError = (message: string) => ({ ok: false, error: { code: 400, message } })
const MALFORMED_REGISTRATION = roomsError('Malformed register_user request')
const MALFORMED_LOGIN = roomsError('Malformed login_user request')
const missing = (...fields: string[]) => ({
  detail: fields.map((field) => ({
    loc: ['body', field],
    msg: 'field required',
    type: 'value_error.missing',
  })),
})

/** The owner is recognized by the answer's status and body, which is text in chatapp and JSON elsewhere. */
type Row = readonly [what: string, body: string, owner: DialectName, status: number, answer: unknown]

const REGISTER: readonly Row[] = [
  ['a rooms registration', '{"login":"ann","password":"p","username":"Ann"}', 'rooms', 200, ok],
  [
    'a taken rooms login',
    '{"login":"Ann","password":"p","username":"A"}',
    'rooms',
    200,
    roomsError('User already exists'),
  ],
  ['login alone', '{"login":"x"}', 'rooms', 200, MALFORMED_REGISTRATION],
  ['login of another type', '{"login":null}', 'rooms', 200, MALFORMED_REGISTRATION],
  ['login and email', '{"email":"a@b.c","login":"x"}', 'rooms', 200, MALFORMED_REGISTRATION],
  ['email alone', '{"email":"ann@example.org"}', 'messenger', 422, missing('username', 'password')],
  [
    'a taken name with an email',
    '{"email":"a@example.org","username":"ann","password":"p"}',
    'messenger',
    400,
    userExists(),
  ],
  [
    'a chatapp registration',
    '{"username":"ben","password":"p","fullname":"Ben"}',
    'chatapp',
    201,
    'registered',
  ],
  [
    'a taken chatapp username',
    '{"username":"ANN","password":"p","fullname":"A"}',
    'chatapp',
    409,
    'username already exists',
  ],
  ['username alone', '{"username":"x"}', 'chatapp', 400, 'password required'],
  ['no key', '{}', 'chatapp', 400, 'username required'],
  ['keys in other cases', '{"Login":"x","EMAIL":"y"}', 'chatapp', 400, 'username required'],
  ['keys that are nested', '{"user":{"login":"x","email":"y"}}', 'chatapp', 400, 'username required'],
  ['inherited keys', '{"__proto__":{"login":"x","email":"y"}}', 'chatapp', 400, 'username required'],
  ['an empty list', '[]', 'chatapp', 400, 'username required'],
  ['a list of objects', '[{"login":"x"}]', 'chatapp', 400, 'not a valid json'],
  ['a string', '"login"', 'chatapp', 400, 'not a valid json'],
  ['null', 'null', 'chatapp', 400, 'not a valid json'],
  ['half an object', '{"login":"x"', 'chatapp', 400, 'not a valid json'],
  ['nothing', '', 'chatapp', 400, 'not a valid json'],
]

const LOGIN: readonly Row[] = [
  ['usernameOrEmail alone', '{"usernameOrEmail":"ann"}', 'messenger', 422, missing('password')],
  ['usernameOrEmail of another type', '{"usernameOrEmail":null}', 'messenger', 422, noneAllowed()],
  [
    'usernameOrEmail and login',
    '{"login":"ann","usernameOrEmail":"a","password":"wrong"}',
    'messenger',
    400,
    wrongCredentials(),
  ],
  [
    'a wrong rooms password',
    '{"login":"ann","password":"wrong"}',
    'rooms',
    200,
    roomsError('Login or password is invalid'),
  ],
  ['login alone', '{"login":"ann"}', 'rooms', 200, MALFORMED_LOGIN],
  ['no key', '{}', 'rooms', 200, MALFORMED_LOGIN],
  ['keys of chatapp', '{"username":"ann","password":"p"}', 'rooms', 200, MALFORMED_LOGIN],
  ['inherited keys', '{"__proto__":{"usernameOrEmail":"x"}}', 'rooms', 200, MALFORMED_LOGIN],
  ['a list of objects', '[{"usernameOrEmail":"x"}]', 'rooms', 200, MALFORMED_LOGIN],
  ['null', 'null', 'rooms', 200, MALFORMED_LOGIN],
  ['half an object', '{"usernameOrEmail":"x"', 'rooms', 200, roomsError('Invalid data.')],
  ['nothing', '', 'rooms', 200, roomsError('Invalid data.')],
]

for (const [path, rows] of [
  ['/register', REGISTER],
  ['/login', LOGIN],
] as const) {
  describe(`POST ${path}`, () => {
    for (const [what, body, owner, status, answer] of rows) {
      test(`${what}: ${owner} answers`, async () => {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(server.url + path, { method: 'POST', headers, body })
        assert.deepEqual([response.status, await read(response)], [status, answer])
      })
    }
  })
}

describe('the content type does not choose', () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream']) {
    test(type, async () => {
      const ask = (path: string, body: string) =>
        fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body })
      const rooms = await ask('/register', '{"login":"x"}')
      assert.deepEqual(await rooms.json(), MALFORMED_REGISTRATION)
      const chatapp = await ask('/register', '{"username":"x"}')
      assert.equal(await chatapp.text(), 'password required')
      // Messenger's own rule is that its bodies are declared as JSON.
      assert.equal((await ask('/register', '{"email":"x"}')).status, 422)
      assert.equal((await ask('/login', '{"usernameOrEmail":"x"}')).status, 422)
    })
  }
})

describe('a wrong method is answered by whom a body without keys would reach', () => {
  test('GET /register: chatapp', async () => {
    const response = await fetch(`${server.url}/register`)
    assert.deepEqual([response.status, await response.text()], [405, '405: Method Not Allowed'])
    assert.equal(response.headers.get('allow'), 'POST')
  })

  test('GET /login: rooms', async () => {
    const response = await fetch(`${server.url}/login`)
    const error = { code: 405, message: 'Method not allowed.' }
    assert.deepEqual([response.status, await response.json()], [405, { ok: false, error }])
  })
})

async function read(response: Response): Promise<unknown> {
  const text = await response.text()
  return response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text
}

function userExists() {
  const errors = { username: 'This user already exists.' }
  return { status_code: 400, details: { message: 'This user already exists.', code: 'USER_EXISTS', errors } }
}

function wrongCredentials() {
  const message = 'Wrong login credential, try again.'
  const errors = { usernameOrEmail: message, password: message }
  return { status_code: 400, details: { message, code: 'WRONG_CREDENTIALS', errors } }
}

function noneAllowed() {
  const none = { msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' }
  return { detail: [{ loc: ['body', 'usernameOrEmail'], ...none }, ...missing('password').detail] }
}
