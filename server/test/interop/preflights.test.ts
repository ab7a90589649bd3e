import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startParlance, type TestServer } from '../support/server.ts'

// A page of another origin asks first. On a path that several dialects share nobody knows yet whose request
// will follow, so the origin decides.

let server: TestServer
before(async () => {
  server = await startParlance()
})
after(() => server.close())

describe('a CORS preflight of a shared path', () => {
  const ALLOWED = 'http://localhost:5173'

  for (const path of ['/register', '/login']) {
    test(`${path}: an origin on chatapp's list is granted it by name, with credentials`, async () => {
      const { status, headers } = await preflight(server.url + path, ALLOWED)
      assert.ok(status === 200 || status === 204, `${status}`)
      assert.equal(headers.get('access-control-allow-origin'), ALLOWED)
      assert.equal(headers.get('access-control-allow-credentials'), 'true')
      assert.match(headers.get('access-control-allow-methods') ?? '', /\bPOST\b/)
      assert.match(headers.get('access-control-allow-headers') ?? '', /content-type/)
      assert.match(headers.get('vary') ?? '', /origin/i)
    })

    for (const origin of ['https://elsewhere.example', 'http://localhost:5174', 'null']) {
      test(`${path}: ${origin} is granted it as rooms does, without credentials`, async () => {
        const { status, headers } = await preflight(server.url + path, origin)
        assert.ok(status === 200 || status === 204, `${status}`)
        assert.equal(headers.get('access-control-allow-origin'), '*')
        assert.equal(headers.get('access-control-allow-credentials'), null)
        for (const name of ['user', 'authorization', 'content-type'])
          assert.ok(headers.get('access-control-allow-headers')?.includes(name), name)
      })
    }
  }

  test('is answered by those who are there, when one of the two is not', async () => {
    for (const [dialects, path] of [
      ['rooms', '/register'],
      ['rooms', '/login'],
      ['chatapp', '/register'],
    ] as const) {
      const alone = await startParlance({ PARLANCE_DIALECTS: dialects })
      const { status, headers } = await preflight(alone.url + path, ALLOWED)
      assert.ok(status === 200 || status === 204, `${dialects} ${path} ${status}`)
      const origin = headers.get('access-control-allow-origin') ?? ''
      assert.ok(['*', ALLOWED].includes(origin), `${dialects} ${path} ${origin}`)
      await alone.close()
    }
  })
})

const preflight = (url: string, origin: string): Promise<Response> =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
