import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import { listen } from '../../src/transport/index.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import type { Owner } from '../support/owner.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

/** Starts the proxy in front of that port of this machine, with the file of `deploy/`. Resolves with its address. */
type StartProxy = (owner: Owner, nodePort: number) => Promise<string>

/** Milliseconds after which a proxy gives up on a header: its file says 10 s. */
const HEADER_MS = 10_000

/** The rules for every proxy whose file is in `deploy/`, each tried through the real program. */
export function proxyContract(name: string, startProxy: StartProxy): void {
  test(`${name}: a page connects from its own origin, and the metrics are not for it`, async (t) => {
    const server = await startParlance({ TRUSTED_PROXIES: 'loopback' })
    t.after(() => server.close())
    const url = await startProxy(t, server.port)
    const http = new ChatappHttp(url)
    const cookie = await http.login(await http.register('ann'))
    const client = http.open({ cookie, origin: url })
    await client.settle()
    await client.close()
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    assert.equal((await fetch(`${url}/metrics`)).status, 403)
  })

  test(`${name}: a WebSocket carries both ways, is silent for seconds, and ends with its peer`, async (t) => {
    const { url } = await echoed(t, startProxy)
    const ws = new WebSocket(url.replace('http', 'ws'))
    t.after(() => ws.terminate())
    await once(ws, 'open')
    const startedAt = performance.now()
    // Longer than a proxy gives a new connection to the server, and that for a request.
    await until('a silence to pass', () => performance.now() - startedAt > 3_000)
    ws.send('hello')
    const [said] = await once(ws, 'message')
    assert.equal(String(said), 'hello')
    ws.close(4000)
    const [code] = await once(ws, 'close')
    assert.equal(code, 4000)
  })

  test(`${name}: the server learns the host, and the address that the proxy saw, after what a client says`, async (t) => {
    const { url } = await echoed(t, startProxy)
    const headers = { 'x-forwarded-for': '9.9.9.9' }
    const asked = request(url, { localAddress: '127.0.0.7', headers, agent: false }).end()
    const [response] = await once(asked, 'response')
    const { host, forwardedFor } = (await json(response)) as Echo
    assert.equal(host, new URL(url).host)
    assert.equal(forwardedFor.split(', ').at(-1), '127.0.0.7')
  })

  test(`${name}: a client's connection is kept for its next requests, one to the server is not`, async (t) => {
    const { url } = await echoed(t, startProxy)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const ports = new Set<number>()
    const behind = new Set<number>()
    for (let n = 0; n < 3; n++) {
      const asked = request(url, { agent }).end()
      const [response] = await once(asked, 'response')
      ports.add(response.socket.localPort)
      behind.add(((await json(response)) as Echo).port)
    }
    assert.deepEqual([ports.size, behind.size], [1, 3])
  })

  test(`${name}: an upload reaches the server as it comes, and an answer the client`, async (t) => {
    let hasBegun = false
    const { url } = await echoed(t, startProxy, (incoming, response) => {
      incoming.once('data', () => {
        hasBegun = true
      })
      incoming.once('end', () => {
        response.write('first')
        setTimeout(() => response.end('last'), 60_000).unref()
      })
    })
    const asked = request(url, { method: 'PATCH', agent: false, headers: { 'content-length': 6 } })
    asked.on('error', () => undefined)
    t.after(() => asked.destroy())
    asked.write('one')
    await until('the beginning of the upload', () => hasBegun)
    asked.end('two')
    const [response] = await once(asked, 'response')
    const [piece] = await once(response, 'data')
    assert.equal(String(piece), 'first')
  })

  test(`${name}: a client that does not finish its header is given up`, async (t) => {
    const { url } = await echoed(t, startProxy)
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname)
    t.after(() => socket.destroy())
    socket.on('error', () => undefined).resume()
    socket.write('GET / HTTP/1.1\r\nHost: here\r\n')
    const startedAt = performance.now()
    await until('the connection to be closed', () => socket.closed, 3 * HEADER_MS)
    assert.ok(performance.now() - startedAt > HEADER_MS / 2)
  })
}

interface Echo {
  readonly host: string
  readonly forwardedFor: string
  /** The port that the proxy asked from. */
  readonly port: number
}

/** A server behind the proxy that answers what it was sent, and echoes over WebSockets. */
async function echoed(
  t: TestContext,
  startProxy: StartProxy,
  handle: (request: IncomingMessage, response: ServerResponse) => void = echo,
): Promise<{ url: string }> {
  const { WebSocketServer } = await import('ws')
  const server = createServer((incoming, response) => {
    // Proxies ask whether it is there, each in its own way.
    if (incoming.method === 'PATCH') handle(incoming, response)
    else echo(incoming, response)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (ws) => ws.on('message', (data) => ws.send(String(data))))
  const port = await listen(server, '127.0.0.1', 0)
  t.after(() => {
    for (const ws of sockets.clients) ws.terminate()
    server.closeAllConnections()
    server.close()
  })
  return { url: await startProxy(t, port) }
}

function echo({ headers, socket }: IncomingMessage, response: ServerResponse): void {
  const { host = '', 'x-forwarded-for': forwardedFor = '' } = headers
  response.end(JSON.stringify({ host, forwardedFor: String(forwardedFor), port: socket.remotePort }))
}
