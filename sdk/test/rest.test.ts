import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParlanceError, Rest } from '../src/index.ts'
import { editMessage, endOtherSessions, getMe, listMessages } from '../src/rest/operations.ts'

/** A REST client whose requests are kept, and answered so. */
function restThat(answer: (url: string) => Response | Promise<Response>, token?: string) {
  const asked: { url: string; init: RequestInit }[] = []
  const fetch = async (url: string, init: RequestInit) => {
    asked.push({ url, init })
    return answer(url)
  }
  return { rest: new Rest({ url: 'http://fake', runtime: { fetch }, token: () => token }), asked }
}

test('a call fills its path and query, and carries the token', async () => {
  const { rest, asked } = restThat(() => Response.json({ items: [] }), 'plt_1')
  await rest.call(listMessages, { params: { c: 'c_1' }, query: { before: 5 } })
  await rest.call(editMessage, { params: { c: 'c_1', seq: 3 }, body: { body: 'new' }, ifVersion: 7 })
  assert.equal(asked[0]?.url, 'http://fake/v1/conversations/c_1/messages?before=5')
  assert.deepEqual(asked[0]?.init.headers, { Authorization: 'Bearer plt_1' })
  const { method, headers, body } = asked[1]?.init ?? {}
  assert.deepEqual([method, body], ['PATCH', '{"body":"new"}'])
  const expected = { Authorization: 'Bearer plt_1', 'Content-Type': 'application/json', 'If-Match': '"7"' }
  assert.deepEqual(headers, expected)
})

test('a problem is thrown with its code, fields and the time to wait', async () => {
  const problem = {
    code: 'rate_limited',
    status: 429,
    detail: 'Slowly.',
    retryable: true,
    errors: [{ pointer: '#/body', detail: 'x' }],
  }
  const { rest } = restThat(() => Response.json(problem, { status: 429, headers: { 'Retry-After': '3' } }))
  const error = await rest.call(getMe, {}).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof ParlanceError)
  assert.deepEqual(
    [error.code, error.status, error.retryable, error.message],
    ['rate_limited', 429, true, 'Slowly.'],
  )
  assert.deepEqual([error.errors, error.retryAfter], [problem.errors, 3_000])
})

test('an answer from something between is an error all the same', async () => {
  const { rest: proxied } = restThat(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await assert.rejects(proxied.call(getMe, {}), { code: 'http_502', retryable: true })
  const { rest: away } = restThat(() => Promise.reject(new TypeError('fetch failed')))
  await assert.rejects(away.call(getMe, {}), { code: 'disconnected', retryable: true, status: 0 })
})

test('an answer without a body is undefined', async () => {
  const { rest } = restThat(() => new Response(null, { status: 204 }))
  assert.equal(await rest.call(endOtherSessions, {}), undefined)
})
