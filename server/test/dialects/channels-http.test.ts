import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { answered, ask, assertError, fieldOf, logIn, PASSWORD, person, unique } from '../support/channels.ts'
import { NOT_TEXTS, openWorld } from './channels-world.ts'

const { url, pair, three } = await openWorld(6, 'channels,messenger')

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

  test('are accepted by the dialect that issued them only', async () => {
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
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/vnd.api+json',
      'nonsense',
      '',
    ]) {
      const raw = JSON.stringify({ username, password: PASSWORD })
      assert.equal((await ask(url, '/api/login', { raw, headers: { 'content-type': type } })).status, 200)
    }
  })
})
