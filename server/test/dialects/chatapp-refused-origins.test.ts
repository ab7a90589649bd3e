import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import WebSocket from 'ws'
import { spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const ALLOWED = 'https://chat.example.org'

async function started(t: TestContext) {
  const server = spawnServer(t, {
    ...{ PORT: '0', ROOMS_TCP_PORT: '0', DBPATH: join(await tempDir(t), 'chat.db') },
    ...{ CORS_ALLOW_ORIGIN: ALLOWED, PARLANCE_DIALECTS: 'chatapp' },
  })
  await until('the start', () => server.output.stdout.includes('first account'))
  const url = /http:\/\/[\d.]+:\d+/.exec(server.output.stdout)?.[0] ?? assert.fail(server.output.stderr)
  const lines = () => server.output.stderr.split('\n').filter((line) => line.includes('refused'))
  const ask = (origin: string, init: RequestInit = {}) =>
    fetch(`${url}/auth/verify`, { ...init, headers: { origin, ...init.headers } })
  return { url, lines, ask }
}

test('the log says once, for each origin that is refused, which setting lets its pages in', async (t) => {
  const { url, lines, ask } = await started(t)
  const own = new URL(url).origin
  for (const origin of [ALLOWED, own]) await ask(origin)
  const page = 'http://192.0.2.7:3000'
  for (let n = 0; n < 3; n++) await ask(page)
  await ask(page, { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } })
  await ask('null')
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin: 'https://other.example' })
  await new Promise((resolve) => socket.once('error', resolve))
  await until('both lines', () => lines().length >= 3)
  const [first = '', second = '', third = '', ...more] = lines()
  assert.deepEqual(more, [])
  const { origin, write } = JSON.parse(first)
  assert.deepEqual([origin, write], [page, `CORS_ALLOW_ORIGIN=${ALLOWED},${page}`])
  assert.match(second, /"origin":"null".*serve it over http/)
  assert.match(third, /CORS_ALLOW_ORIGIN=https:\/\/chat\.example\.org,https:\/\/other\.example/)
})

test('the log never advises what a start would refuse', async (t) => {
  const { lines, ask } = await started(t)
  const invented = ['http://[', 'https://*.example.org', 'http://a:99999', 'https://user@example.org']
  for (const origin of invented) await ask(origin)
  await until('a line for each', () => lines().length >= invented.length)
  for (const line of lines()) assert.equal(JSON.parse(line).write, undefined, line)
})

test('origins that a caller invents do not fill the log, nor write lines into it', async (t) => {
  const { lines, ask } = await started(t)
  const bodies = Array.from({ length: 130 }, (_, n) => ask(`https://${n}.example`))
  await Promise.all(bodies)
  await ask(`https://${'long'.repeat(500)}.example`)
  await until('the last line', () => lines().some((line) => line.includes('not logged')))
  assert.equal(lines().length, 101)
  for (const line of lines()) assert.ok(JSON.parse(line) && line.length < 1000)
})
