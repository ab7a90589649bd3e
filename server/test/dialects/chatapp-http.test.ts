import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { uniqueName } from '../support/chatapp.ts'
import { nowSeconds, ORIGIN, openWorld } from './chatapp-world.ts'

const { http } = await openWorld()

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

  test('a body that is not UTF-8 is not a valid json', async () => {
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
      { username: 'u'.repeat(10_000), password: 'correct horse' },
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
