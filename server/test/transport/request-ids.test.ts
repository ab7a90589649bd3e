import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDialectApp, logFailed } from '../../src/transport/index.ts'
import { BUG, fail } from '../support/failures.ts'
import { startParlance } from '../support/server.ts'

const JSON_BODY = { 'content-type': 'application/json' }

/** A log-in in each dialect that has one over HTTP, by path and body. */
const LOG_INS: Readonly<Record<string, readonly [path: string, body: object]>> = {
  rooms: ['/login', { login: 'ann', password: 'a password of ann' }],
  chatapp: ['/auth/login', { username: 'ann', password: 'a password of ann' }],
  messenger: ['/login', { usernameOrEmail: 'ann', password: 'a password of ann' }],
  channels: ['/api/login', { username: 'ann', password: 'a password of ann' }],
  native: ['/v1/sessions', { login: 'ann', password: 'a password of ann' }],
}

test('a request that fails by a bug is answered with the id that its line in the log has', async (t) => {
  const lines: object[] = []
  const log = { error: (facts: object, message: string) => lines.push({ ...facts, message }) }
  const app = createDialectApp({
    notFound: (reply) => reply.code(404).send(),
    methodNotAllowed: (reply) => reply.code(405).send(),
    error: (error, _request, reply) => {
      logFailed(log, error, reply)
      return reply.code(500).send()
    },
  })
  app.get('/', fail)
  t.after(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ids = [await fetch(url), await fetch(url)].map(({ headers }) => headers.get('x-request-id'))
  assert.equal(new Set(ids).size, 2)
  assert.deepEqual(
    lines,
    ids.map((requestId) => ({ err: BUG, requestId, message: 'request failed' })),
  )
})

test('a log-in that fails by a bug has an id in every dialect that answers over HTTP', async (t) => {
  const server = await startParlance({ LOG_LEVEL: 'silent' })
  t.after(() => server.close())
  t.mock.method(server.chat.credentials, 'authenticate', fail)
  for (const [dialect, [path, body]] of Object.entries(LOG_INS)) {
    const init = { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) }
    const { headers } = await fetch(`${server.url}${path}`, init)
    assert.match(headers.get('x-request-id') ?? '', /^[\w-]{8}-[0-9a-z]+$/, dialect)
  }
})
