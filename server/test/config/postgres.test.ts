import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { proxyTo, tempSchema } from '../support/postgres.ts'
import { spawnServer } from '../support/process.ts'
import { START_MS, until } from '../support/until.ts'

const QUIET = { ROOMS_TCP_PORT: '0', LOG_LEVEL: 'warn' }

const isUp = ({ output }: ReturnType<typeof spawnServer>) => output.stdout.includes('first account')

async function start(t: TestContext, settings: Readonly<Record<string, string>>) {
  const server = spawnServer(t, { ...QUIET, PORT: '0', ...settings })
  await until('the start-up block', () => isUp(server) || server.child.exitCode !== null, START_MS)
  const url = /http:\/\/[\d.]+:\d+/.exec(server.output.stdout)?.[0]
  assert.ok(url, server.output.stderr)
  return { ...server, url }
}

const post = (url: string, body: object, headers = {}) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

test('a log-in at one server is one at every other with the same database, also after a restart', async (t) => {
  const DATABASE_URL = await tempSchema(t)
  const ann = { username: 'ann', email: 'ann@example.org', password: 'correct horse' }
  const [one, other] = await Promise.all([start(t, { DATABASE_URL }), start(t, { DATABASE_URL })])
  assert.equal((await post(`${one.url}/register`, ann)).status, 200)
  const login = await post(`${other.url}/login`, { usernameOrEmail: 'ann', password: ann.password })
  const { access_token } = (await login.json()) as { access_token: string }
  const authorization = `Bearer ${access_token}`
  one.child.kill('SIGTERM')
  assert.equal(await one.exited, 0)
  const next = await start(t, { DATABASE_URL })
  for (const { url } of [other, next]) {
    const me = await fetch(`${url}/user/me`, { headers: { authorization } })
    assert.equal(((await me.json()) as { username: string }).username, 'ann')
  }
})

test('a server whose database is away says so once, waits for it, and starts when it is there', async (t) => {
  const { proxy, url } = await proxyTo(t, await tempSchema(t))
  proxy.cut('stay')
  const port = await freePort()
  const server = spawnServer(t, { ...QUIET, PORT: String(port), DATABASE_URL: url })
  const at = `http://127.0.0.1:${port}`
  const ready = () => fetch(`${at}/readyz`).catch(() => undefined)
  const waiting = await until('the waiting room', ready)
  assert.equal(waiting.status, 503)
  assert.deepEqual(await waiting.json(), { status: 'unavailable', store: 'unavailable' })
  assert.equal((await fetch(`${at}/healthz`)).status, 200)
  assert.equal((await post(`${at}/login`, {})).status, 503)
  proxy.restore()
  await until('the start-up block', () => isUp(server), START_MS)
  assert.equal((await fetch(`${at}/readyz`)).status, 200)
  const said = `${server.output.stdout}${server.output.stderr}`.match(/does not answer[^"]*trying again/g)
  assert.equal(said?.length, 1)
})

test('refuses with one sentence what waiting does not mend', async (t) => {
  const url = new URL(await tempSchema(t))
  url.pathname = '/no_such_database'
  const server = spawnServer(t, { ...QUIET, PORT: '0', DATABASE_URL: url.href })
  assert.equal(await server.exited, 1)
  assert.match(server.output.stderr, /^The database no_such_database at \S+ does not exist: .+\.$/m)
})
