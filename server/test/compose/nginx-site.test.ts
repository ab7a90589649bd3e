import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { after, before, test } from 'node:test'
import { WebSocket } from 'ws'
import { listen } from '../../src/transport/index.ts'
import { KEYS } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { startNginx } from './nginx.ts'

let server: TestServer
before(async () => {
  server = await startParlance({ ...KEYS, TRUSTED_PROXIES: 'loopback' })
})
after(() => server.close())

test('a page that nginx serves connects from its own origin, whatever the port', async (t) => {
  const url = await startNginx(t, server.port)
  const http = new ChatappHttp(url)
  const cookie = await http.login(await http.register('ann'))
  const client = http.open({ cookie, origin: url })
  await client.settle()
  await client.close()
})

/** The answer to a handshake that is refused. */
async function refusal(url: string, origin: string): Promise<{ status: number; body: string }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin })
  ws.on('error', () => undefined)
  const [, response] = await once(ws, 'unexpected-response')
  let body = ''
  for await (const piece of response) body += piece
  return { status: response.statusCode, body }
}

test('without the Host header the refusal says what the proxy has to pass on', async (t) => {
  const url = await startNginx(t, server.port, (site) =>
    site.replace('proxy_set_header Host $http_host;', ''),
  )
  const { status, body } = await refusal(url, url)
  assert.equal(status, 403)
  assert.match(body, new RegExp(`Pages of "${url}" may not connect`))
  assert.match(body, new RegExp(`the host "127.0.0.1:${server.port}"`))
  assert.match(body, /CORS_ALLOW_ORIGIN.*nginx: proxy_set_header Host \$http_host;/)
})

test('the metrics are not for those who come through nginx', async (t) => {
  const url = await startNginx(t, server.port)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal((await fetch(`${url}/metrics`)).status, 403)
})

test('the server learns whom a request comes from, and the host that it was for', async (t) => {
  const echo = createServer(({ headers }, response) => void response.end(JSON.stringify(headers)))
  const port = await listen(echo, '127.0.0.1', 0)
  t.after(() => {
    echo.closeAllConnections()
    echo.close()
  })
  const url = await startNginx(t, port)
  const headers = { 'x-forwarded-for': '9.9.9.9' }
  const asked = request(url, { localAddress: '127.0.0.7', headers, agent: false }).end()
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const piece of response) text += piece
  const { host, connection, 'x-forwarded-for': forwardedFor } = JSON.parse(text)
  // A server believes the last of these addresses that is not a trusted proxy's.
  assert.deepEqual([host, connection, forwardedFor], [new URL(url).host, 'close', '9.9.9.9, 127.0.0.7'])
})
