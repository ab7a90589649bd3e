import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  ask,
  NOBODY,
  post,
  ROOMS_GID,
  ROOMS_UUID,
  refusal,
  register,
  UNKNOWN_USER,
  uniqueName,
} from '../support/rooms.ts'
import { target } from '../support/server.ts'

const INVALID_DATA = refusal(400, 'Invalid data.')

const server = await target()
const { url } = server
after(() => server.close())

describe('HTTP', { concurrency: true }, () => {
  test('register answers ok without data', async () => {
    const [login, password] = [uniqueName('ann'), 'secret']
    assert.deepEqual(await post(url, '/register', { login, password, username: 'Ann' }), { ok: true })
  })

  test('register wants a non-empty login, password and username', async () => {
    const malformed = refusal(400, 'Malformed register_user request')
    const good = { login: uniqueName('ann'), password: 'secret', username: 'Ann' }
    for (const key of ['login', 'password', 'username'] as const) {
      for (const value of [
        '',
        undefined,
        null,
        7,
        true,
        [],
        {},
        { $ne: '' },
        'a\0b',
        '\ud800',
        'x'.repeat(9000),
      ]) {
        // Without its `login` a body on the shared route is another dialect's.
        if (key === 'login' && value === undefined) continue
        assert.deepEqual(
          await post(url, '/register', { ...good, [key]: value }),
          malformed,
          `${key}: ${value}`,
        )
      }
    }
  })

  test('register refuses a login that exists, whatever its case, but not a username', async () => {
    const ann = await register(url, 'ann')
    const { login, username } = ann
    const again = { login: login.toUpperCase(), password: 'other', username: 'Other' }
    assert.deepEqual(await post(url, '/register', again), refusal(400, 'User already exists'))
    const namesake = { login: uniqueName('namesake'), password: 'other', username }
    assert.deepEqual(await post(url, '/register', namesake), { ok: true })
  })

  test('login answers the display name and a uuid, a fresh one each time', async () => {
    const ann = await register(url, 'ann')
    const credentials = { login: ann.login, password: ann.password }
    const { ok, data } = await post(url, '/login', credentials)
    assert.ok(ok)
    const { username, uuid, ...rest } = data as { username: string; uuid: string }
    assert.equal(username, ann.username)
    assert.match(uuid, ROOMS_UUID)
    assert.deepEqual(rest, {})
    assert.notEqual(uuid, await ann.logIn())
  })

  test('login wants a non-empty login and password', async () => {
    const malformed = refusal(400, 'Malformed login_user request')
    for (const body of [
      {},
      [],
      'null',
      '7',
      '"text"',
      { login: 'ann' },
      { password: 'x' },
      { login: '', password: 'x' },
    ]) {
      assert.deepEqual(await post(url, '/login', body), malformed, JSON.stringify(body))
    }
  })

  test('login answers an unknown login and a wrong password alike', async () => {
    const ann = await register(url, 'ann')
    const invalid = refusal(400, 'Login or password is invalid')
    assert.deepEqual(await post(url, '/login', { login: ann.login, password: 'wrong' }), invalid)
    assert.deepEqual(await post(url, '/login', { login: uniqueName('nobody'), password: 'wrong' }), invalid)
  })

  test('a body that is not JSON is refused before anything else', async () => {
    for (const path of ['/login', '/create-room', '/send-message']) {
      for (const body of [
        '',
        '{',
        '{"login": "a"',
        'login=a',
        "{'login': 'a'}",
        Buffer.from([0x22, 0xff, 0x22]),
      ]) {
        assert.deepEqual(await post(url, path, body), INVALID_DATA, `${path} ${body}`)
      }
    }
  })

  test('a body may come under any content type, or none', async () => {
    const ann = await register(url, 'ann')
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      ';;',
      'application/json',
    ]) {
      const answer = await post(url, '/create-room', '[]', { user: ann.uuid, 'content-type': type })
      assert.ok(answer.ok, type)
    }
  })

  test('create-room takes any JSON and names the room in eight unmistakable characters', async () => {
    const ann = await register(url, 'ann')
    for (const body of ['{}', '[]', 'null', '0', '"x"']) {
      const { data } = await post(url, '/create-room', body, { user: ann.uuid })
      assert.match((data as { room_gid: string }).room_gid, ROOMS_GID)
    }
    assert.deepEqual(await post(url, '/create-room', {}), UNKNOWN_USER)
    assert.deepEqual(await post(url, '/create-room', {}, { user: NOBODY }), UNKNOWN_USER)
  })

  test('the credential may come in `authorization`, as it is', async () => {
    const { uuid } = await register(url, 'ann')
    assert.ok((await post(url, '/create-room', {}, { authorization: uuid })).ok)
    assert.ok((await post(url, '/create-room', {}, { authorization: uuid, user: '' })).ok)
    assert.deepEqual(await post(url, '/create-room', {}, { authorization: `Bearer ${uuid}` }), UNKNOWN_USER)
  })

  test('any origin may call, without credentials', async () => {
    const preflight = await fetch(`${url}/send-message`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'user,authorization,content-type,x-token',
      },
    })
    assert.ok(preflight.ok)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/)
    const allowed = preflight.headers.get('access-control-allow-headers')?.toLowerCase() ?? ''
    for (const header of ['user', 'authorization', 'content-type', 'x-token'])
      assert.ok(allowed.includes(header))
    const { headers } = await ask(url, '/create-room', {
      method: 'POST',
      body: '{}',
      headers: { origin: 'https://elsewhere.example' },
    })
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('access-control-allow-credentials'), null)
  })

  test('a wrong method is a 405 that names the right one', async () => {
    const { status, headers, answer } = await ask(url, '/create-room')
    assert.equal(status, 405)
    assert.equal(headers.get('allow'), 'POST')
    assert.deepEqual(answer, refusal(405, 'Method not allowed.'))
  })

  test('a body that is too large is invalid data', async () => {
    const { status, answer } = await ask(url, '/create-room', {
      method: 'POST',
      body: `"${'x'.repeat(300_000)}"`,
    })
    assert.deepEqual([status, answer], [200, INVALID_DATA])
  })
})
