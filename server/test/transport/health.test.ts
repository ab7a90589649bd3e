import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Health, listen } from '../../src/transport/index.ts'

/** The main port of a server of which only the health is asked. */
async function served(t: TestContext, isDraining = false): Promise<string> {
  const health = new Health({
    parts: new Map([['store', async () => undefined]]),
    isDraining: () => isDraining,
    metrics: { contentType: 'text/plain', text: async () => 'up 1' },
    metricsToken: 'letmein',
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

/** The status of GET /metrics with exactly these lines after the request's first. */
async function statusOfMetrics(url: string, lines: readonly string[], version = '1.1'): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end([`GET /metrics HTTP/${version}`, ...lines, '', ''].join('\r\n'))
  let heard = ''
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text
  })
  await once(socket, 'close')
  return Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1])
}

test('metrics are served to requests on this machine by a loopback name', async (t) => {
  const url = await served(t)
  for (const host of [
    'localhost',
    'LOCALHOST:8000',
    '127.0.0.1',
    '127.0.0.1:8000',
    '127.8.0.9:1',
    '[::1]',
    '[::1]:8000',
  ])
    assert.equal(await statusOfMetrics(url, [`Host: ${host}`]), 200, host)
})

test('metrics are refused under any other name: it may have been made to point here', async (t) => {
  const url = await served(t)
  const hosts = [
    ...[
      'evil.example',
      'evil.example:8000',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'localhost:8000.evil',
    ],
    ...['127.0.0.1@evil.example', '10.0.0.1', '0.0.0.0:8000', '[::]', '[::2]:8000', 'parlance', ''],
  ]
  for (const host of hosts) assert.equal(await statusOfMetrics(url, [`Host: ${host}`]), 403, host)
})

const SIGNS_OF_A_PROXY = [
  ...['X-Forwarded-For: 203.0.113.2', 'X-Forwarded-For:', 'x-forwarded-host: a', 'X-Forwarded-Proto: https'],
  ...[
    'X-Forwarded: for=1',
    'Forwarded: for=203.0.113.2',
    'Via: 1.1 squid',
    'X-Real-IP: 203.0.113.2',
    'X-Real-Ip: ',
  ],
  ...[
    'X-Client-IP: 1',
    'True-Client-IP: 1',
    'Forwarded-For: 203.0.113.2',
    'X-Appengine-User-IP: 203.0.113.2',
    'CF-Connecting-IP: 1',
    'CDN-Loop: a',
    'X-Original-URL: /',
    'X-Envoy-Internal: true',
  ],
  ...[
    'X-Amzn-Trace-Id: a',
    'Fastly-Client-IP: 1',
    'X-Varnish: 1',
    'Proxy-Connection: close',
    'X-Cluster-Client-Ip: 1',
  ],
]

test('metrics are refused to requests through a proxy on this machine', async (t) => {
  const url = await served(t)
  for (const sign of SIGNS_OF_A_PROXY)
    assert.equal(await statusOfMetrics(url, ['Host: 127.0.0.1:8000', sign]), 403, sign)
  // nginx asks like this with a bare `proxy_pass`.
  assert.equal(await statusOfMetrics(url, ['Host: 127.0.0.1:8000', 'Connection: close'], '1.0'), 403)
})

test('the bearer of the token gets metrics by whatever way', async (t) => {
  const url = await served(t)
  const ways = ['Host: chat.example.org', 'X-Forwarded-For: 203.0.113.2', 'Via: 1.1 squid']
  assert.equal(await statusOfMetrics(url, [...ways, 'Authorization: Bearer letmein']), 200)
  assert.equal(await statusOfMetrics(url, [...ways, 'Authorization: Bearer letmeim']), 403)
})
