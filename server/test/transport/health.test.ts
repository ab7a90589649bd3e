import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { Health, listen } from '../../src/transport/index.ts'

/** The main port of a server of which only the health is asked. */
async function served(t: TestContext, isDraining = false): Promise<string> {
  const health = new Health({
    parts: new Map([['store', async () => undefined]]),
    isDraining: () => isDraining,
    metricsToken: undefined,
  })
  const http = createServer((request, response) => {
    if (!health.handle(request, response)) response.writeHead(404).end()
  })
  t.after(() => http.close())
  return `http://127.0.0.1:${await listen(http, '127.0.0.1', 0)}`
}

async function ask(method: string, url: string) {
  const response = await fetch(url, { method, headers: { connection: 'close' } })
  const { status, headers } = response
  return { status, type: headers.get('content-type'), length: headers.get('content-length'), response }
}

for (const path of ['/healthz', '/readyz']) {
  test(`HEAD ${path} is answered as GET is, without the body`, async (t) => {
    for (const isDraining of [false, true]) {
      const url = (await served(t, isDraining)) + path
      const { response: got, ...get } = await ask('GET', url)
      const { response: headed, ...head } = await ask('HEAD', url)
      assert.equal(get.status, isDraining && path === '/readyz' ? 503 : 200)
      assert.equal(get.length, String((await got.text()).length))
      assert.deepEqual(head, get)
      assert.equal(await headed.text(), '')
    }
  })
}

test('any other method, and any other path, is left to the dialects', async (t) => {
  const url = await served(t)
  assert.equal((await ask('POST', `${url}/healthz`)).status, 404)
  assert.equal((await ask('HEAD', `${url}/health`)).status, 404)
})
