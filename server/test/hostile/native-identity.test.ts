import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { deep } from '../support/deep.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { ALL, bodyOf, Victim } from './native-world.ts'

// A request is the bearer's of a token, or a browser's whose own page asks; nothing else makes it somebody's.

let server: TestServer
let victim: Victim
/** The victim's browser: `parlance=…`. */
let cookie: string
before(async () => {
  server = await startParlance()
  victim = await Victim.in(server)
  const { username } = await victim.http.ok('getMe')
  const body = JSON.stringify({ login: username, password: 'correct horse battery', cookie: true })
  const response = await fetch(`${server.url}/v1/sessions`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json' },
  })
  const [set = ''] = response.headers.getSetCookie()
  assert.match(set, /^parlance=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  assert.equal(((await response.json()) as { session: { token?: string } }).session.token, undefined)
  cookie = set.split(';', 1)[0] ?? ''
})
after(() => server.close())

const code = async (response: Response): Promise<unknown> =>
  Reflect.get(Object(await response.json()), 'code')

const SIGNED_IN = ALL.filter(({ operation }) => !operation.isOpen)

describe('a stranger', () => {
  for (const { id, operation } of SIGNED_IN)
    test(`is refused ${id}`, async () => {
      const { status, headers, problem } = await victim.ask(operation.method, victim.pathOf(operation), {
        headers: { authorization: 'Bearer nobody' },
      })
      assert.deepEqual([status, problem.code], [401, 'not_authorized'])
      assert.equal(headers.get('www-authenticate'), 'Bearer')
    })

  test('is nobody, whatever the Authorization header or the cookie', async () => {
    const token = victim.http.token ?? ''
    const near = fc.constantFrom(
      token.slice(1),
      `${token}x`,
      token.toUpperCase(),
      `"${token}"`,
      victim.http.id,
      '',
    )
    const values = fc.oneof(near, fc.stringMatching(/^[!-~]{0,80}$/))
    const schemes = fc.constantFrom('Bearer ', 'bearer', 'Basic ', 'Bearer\t', 'Token ', '')
    await fc.assert(
      fc.asyncProperty(schemes, values, fc.boolean(), async (scheme, value, isCookie) => {
        fc.pre(value !== token)
        const headers: Record<string, string> = isCookie
          ? { cookie: `parlance=${value}; __Host-parlance=${value}` }
          : { authorization: `${scheme}${value}` }
        const response = await fetch(`${server.url}/v1/me`, { headers })
        assert.deepEqual([response.status, await code(response)], [401, 'not_authorized'])
      }),
      { numRuns: deep(100) },
    )
  })

  test('is not let in by a token in the address, which logs and histories keep', async () => {
    for (const name of ['token', 'access_token', 'authorization', 'session'])
      for (const query of [`?${name}=${victim.http.token}`, `?${name}=Bearer%20${victim.http.token}`]) {
        const response = await fetch(`${server.url}/v1/me${query}`)
        assert.deepEqual([response.status, await code(response)], [401, 'not_authorized'])
      }
  })
})

describe('a page of another site', () => {
  const FOREIGN: Readonly<Record<string, Record<string, string>>> = {
    'names its origin': { origin: 'https://evil.example' },
    'hides its origin': { origin: 'null' },
    'is on another port of this machine': { origin: 'http://127.0.0.1:1' },
    'has the name of this one before its own': { origin: `http://127.0.0.1.evil.example` },
    'is of a browser that says so': { 'sec-fetch-site': 'cross-site' },
    'is of a sister domain': { 'sec-fetch-site': 'same-site', origin: 'https://sister.example' },
    'says nothing': {},
  }
  for (const [what, headers] of Object.entries(FOREIGN))
    test(`that ${what} does nothing with the cookie of a visitor`, async () => {
      const before = await victim.state()
      for (const { id, operation } of SIGNED_IN.filter((one) => one.operation.method !== 'GET')) {
        const body = bodyOf(operation)
        const response = await fetch(server.url + victim.pathOf(operation), {
          method: operation.method,
          headers: { ...headers, cookie, ...(body && { 'content-type': 'application/json' }) },
          ...(body && { body: JSON.stringify(body) }),
        })
        assert.deepEqual([response.status, await code(response)], [403, 'cross_site'], id)
      }
      assert.deepEqual(await victim.state(), before)
    })

  test('is shown nothing: no answer lets it read, with a cookie or without', async () => {
    for (const headers of [{ cookie, origin: 'https://evil.example' }, { origin: 'https://evil.example' }])
      for (const { operation } of ALL.filter((one) => one.operation.method === 'GET')) {
        const response = await fetch(server.url + victim.pathOf(operation), { headers })
        assert.equal(response.headers.get('access-control-allow-origin'), null)
        assert.equal(response.headers.get('access-control-allow-credentials'), null)
        await response.text()
      }
  })
})

test('a page of this server does everything with its cookie', async () => {
  for (const headers of [{ origin: server.url }, { 'sec-fetch-site': 'same-origin' }]) {
    const response = await fetch(`${server.url}/v1/me`, {
      method: 'PATCH',
      headers: { ...headers, cookie, 'content-type': 'application/json' },
      body: '{"bio":"mine"}',
    })
    assert.equal(response.status, 200)
    await response.text()
  }
})

test('no answer but that of the log-in has the token in it, and no cookie is set again', async () => {
  for (const { operation } of SIGNED_IN.filter((one) => one.operation.method === 'GET')) {
    const response = await fetch(server.url + victim.pathOf(operation), {
      headers: { authorization: `Bearer ${victim.http.token}` },
    })
    const told = `${[...response.headers].join()} ${await response.text()}`
    assert.ok(!told.includes(victim.http.token ?? 'none'), operation.path)
    assert.deepEqual(response.headers.getSetCookie(), [])
  }
})
