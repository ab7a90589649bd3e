import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ChatappHttp } from '../support/chatapp.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// Pages inside of an application, whose origins have schemes of their own.

const ORIGINS = [
  'capacitor://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
]

let server: TestServer
let http: ChatappHttp
before(async () => {
  server = await startParlance({ CORS_ALLOW_ORIGIN: ORIGINS.join(',') })
  http = new ChatappHttp(server.url)
})
after(async () => {
  http.close()
  await server.close()
})

for (const origin of ORIGINS)
  test(`a page at ${origin.split(':')[0]}: reads answers with its cookie, asks first, and connects`, async () => {
    const asked = { origin, 'access-control-request-method': 'POST' }
    for (const answer of [
      await http.call('GET', '/misc/ping', { headers: { origin } }),
      await http.call('OPTIONS', '/auth/verify', { headers: asked }),
    ]) {
      assert.ok(answer.status === 200 || answer.status === 204, `${answer.status}`)
      assert.equal(answer.headers.get('access-control-allow-origin'), origin)
      assert.equal(answer.headers.get('access-control-allow-credentials'), 'true')
    }
    const cookie = await http.login(await http.register('gus'))
    const client = http.open({ cookie, origin })
    await client.settle()
    await client.close()
  })

test('a page of another application with the same scheme reads nothing', async () => {
  const headers = { origin: 'capacitor://elsewhere' }
  const answer = await http.call('GET', '/misc/ping', { headers })
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
})
