import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setInterval } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { BareHttp, request } from './bare-http.ts'
import {
  assertUnharmed,
  type Fortress,
  openDescriptors,
  openFortress,
  residentMebibytes,
} from './fortress.ts'

/** One path of each dialect that takes a body, and one that two share. */
const POSTS = [
  '/send-message',
  '/auth/login',
  '/user/bio',
  '/api/login',
  '/apps/4711/events',
  '/register',
  '/login',
  '/socket.io/?EIO=4&transport=polling',
]

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** The server still answers people as ever. */
async function isAlive({ url }: Fortress): Promise<void> {
  const response = await fetch(`${url}/misc/ping`)
  assert.equal(await response.text(), 'pong')
}

const attacks: Readonly<Record<string, (server: Fortress, t: TestContext) => Promise<void>>> = {
  'a request that ends in its middle is forgotten, wherever it was cut': async ({ port }) => {
    const whole = (path: string) =>
      request(
        `POST ${path}`,
        { ...JSON_TYPE, 'Content-Length': 1000 },
        '{"login":"a","password":'.padEnd(1000),
      )
    const cut = async (path: string, at: number) => {
      const client = new BareHttp(port)
      await new Promise<void>((resolve) => client.socket.write(whole(path).subarray(0, at), () => resolve()))
      client.end()
      await until('the end', () => client.isClosed)
    }
    for (const path of POSTS) await Promise.all([5, 30, 80, 200, 600].map((at) => cut(path, at)))
  },

  'headers that never end are given up after ten seconds, a body after fifteen': async ({ port }) => {
    const silent = new BareHttp(port)
    const slow = new BareHttp(port).write('GET /misc/ping HTTP/1.1\r\nHost: chat\r\n')
    const bodies = POSTS.map((path) =>
      new BareHttp(port).write(request(`POST ${path}`, { ...JSON_TYPE, 'Content-Length': 1000 }, '{"a":')),
    )
    const startedAt = performance.now()
    for await (const _ of setInterval(500)) {
      if (slow.isEnded || slow.isClosed) break
      slow.write('X: y\r\n')
      assert.ok(performance.now() - startedAt < 14_000, 'slow headers are still read')
    }
    await silent.released(3_000)
    await Promise.all(bodies.map((client) => client.released(9_000)))
    for (const client of [silent, slow, ...bodies]) client.end()
  },

  'headers without end are refused with 431': async ({ port }) => {
    const client = new BareHttp(port).write('GET /misc/ping HTTP/1.1\r\nHost: chat\r\n')
    for (let n = 0; n < 200 && !client.isEnded; n++) client.write(`X-${n}: ${'x'.repeat(1000)}\r\n`)
    assert.equal(await client.answered(), 431)
    await client.released()
    client.end()
  },

  'a body announced as too long is refused before it comes': async ({ port }) => {
    const refusals = POSTS.filter((path) => !path.startsWith('/socket.io') && !path.startsWith('/apps'))
    for (const path of refusals) {
      const headers = { ...JSON_TYPE, 'Content-Length': 9_000_000_000_000 }
      const client = new BareHttp(port).write(request(`POST ${path}`, headers, '{'))
      assert.ok((await client.answered()) > 0, path)
      client.end()
    }
  },

  'chunked garbage is a bad request, and an endless chunked body is cut off': async (server) => {
    const { port, url } = server
    for (const garbage of ['zz\r\n', '-1\r\n', 'fffffffffffffffff\r\n', '\0\0\0']) {
      const client = new BareHttp(port).write(
        request('POST /register', { 'Transfer-Encoding': 'chunked' }, garbage),
      )
      assert.equal(await client.answered(), 400, JSON.stringify(garbage))
      await client.released()
      client.end()
    }
    const before = await residentMebibytes(url)
    const endless = POSTS.map((path) => {
      const client = new BareHttp(port).write(request(`POST ${path}`, { 'Transfer-Encoding': 'chunked' }))
      const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`)
      for (let n = 0; n < 64; n++) client.write(chunk)
      return client
    })
    await Promise.all(endless.map((client) => client.answered()))
    for (const client of endless) client.end()
    assert.ok((await residentMebibytes(url)) - before < 150, 'bodies are not gathered')
  },

  'smuggled and malformed requests are refused and the connection ends': async ({ port }) => {
    const malformed = [
      request('POST /register', { 'Content-Length': 5, 'Transfer-Encoding': 'chunked' }, '0\r\n\r\n'),
      Buffer.from('POST /register HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
      Buffer.from('GET /misc/ping HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n'),
      Buffer.from('GET /misc/ping HTTP/1.1\r\n\r\n'),
      Buffer.from('GET /misc/ping HTTP/9.9\r\nHost: a\r\n\r\n'),
      Buffer.from('\0\0\0\0GARBAGE\r\n\r\n'),
      // A TLS ClientHello.
      Buffer.from('16030100c8010000c40303', 'hex'),
    ]
    for (const bytes of malformed) {
      const client = new BareHttp(port).write(bytes)
      const status = await client.answered()
      assert.ok(status === 400 || status === 505, `${bytes.toString('latin1').slice(0, 40)} ${client.heard}`)
      await client.released()
      client.end()
    }
  },

  'pipelined requests are answered in order': async ({ port }) => {
    const client = new BareHttp(port)
    const asked = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? '/nowhere' : '/misc/ping'))
    client.write(Buffer.concat(asked.map((path) => request(`GET ${path}`))))
    await until('every answer', () => client.statuses.length === asked.length)
    assert.deepEqual(
      client.statuses,
      asked.map((path) => (path === '/nowhere' ? 404 : 200)),
    )
    client.end()
  },

  'an upgrade to anything but a WebSocket is ignored, as HTTP says': async ({ port }) => {
    for (const upgrade of ['h2c', 'HTTP/2.0', 'foo', 'TLS/1.0']) {
      const client = new BareHttp(port).write(
        request('GET /misc/ping', { Connection: 'Upgrade, HTTP2-Settings', Upgrade: upgrade }),
      )
      assert.equal(await client.answered(), 200, upgrade)
      client.end()
    }
  },

  'a handshake that is none is refused, and its connection let go whatever the peer does': async (server) => {
    const { port, url } = server
    const key = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket' }
    const version = { 'Sec-WebSocket-Version': 13 }
    const handshakes: readonly (readonly [string, Record<string, string | number>, number])[] = [
      ['GET /ws', { ...upgrade, ...key }, 400],
      ['GET /ws', { ...upgrade, ...key, 'Sec-WebSocket-Version': 99 }, 400],
      ['GET /ws', { ...upgrade, ...version }, 400],
      ['GET /ws', { ...upgrade, ...version, 'Sec-WebSocket-Key': 'short' }, 400],
      ['POST /ws', { ...upgrade, ...version, ...key }, 405],
      ['GET /ws', { ...upgrade, ...version, ...key, Origin: 'https://evil.example' }, 403],
      ['GET /nowhere', { ...upgrade, ...version, ...key }, 404],
      ['GET /app/test-key', { ...upgrade, ...key, 'Sec-WebSocket-Version': 7 }, 400],
      ['GET /socket.io/?EIO=4&transport=websocket&sid=nobody', { ...upgrade, ...version, ...key }, 400],
      ['GET /socket.io/?EIO=4&transport=none', { ...upgrade, ...version, ...key }, 400],
    ]
    const before = await openDescriptors(url)
    const clients = await Promise.all(
      handshakes.flatMap(([line, headers, expected]) =>
        Array.from({ length: 5 }, async () => {
          const client = new BareHttp(port).write(request(line, headers))
          const status = await client.answered()
          assert.ok(status === expected || (expected === 400 && status === 426), `${line} ${status}`)
          await client.released()
          return client
        }),
      ),
    )
    // None of them has closed its side.
    await until('the descriptors', async () => (await openDescriptors(url)) <= before + 10)
    for (const client of clients) client.end()
  },
}

test('the HTTP listener under attack', { concurrency: true }, async (t) => {
  const server = await openFortress(t)
  await fetch(`${server.url}/metrics`)
  await Promise.all(
    Object.entries(attacks).map(([name, attack]) =>
      t.test(name, async (context) => {
        await attack(server, context)
        await isAlive(server)
      }),
    ),
  )
  assertUnharmed(server)
})
