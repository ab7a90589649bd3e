import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createListener, createSniffingServer, listen, plain, Strangers } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

const BOUNDS = { perAddress: 3, inAll: 5 }

/** A port for HTTP, and one that takes raw clients too and lets in those that say something. */
async function world(t: TestContext, bounds = BOUNDS) {
  const strangers = new Strangers(bounds)
  const http = createListener({
    handle: (_request, response) => plain(response, 200, 'answer'),
    upgradeFor: () => undefined,
    strangers,
  })
  const raw = createSniffingServer({
    onHttp: (socket) => http.emit('connection', socket),
    onRaw: (socket) => socket.on('data', () => strangers.delete(socket)),
    deadlineMs: 60_000,
    strangers,
  })
  const ports = await Promise.all([http, raw].map((server: Server) => listen(server, '127.0.0.1', 0)))
  // Those of the server too: a sniffed one waits for its client's end.
  const sockets: Socket[] = []
  for (const server of [http, raw]) server.on('connection', (socket: Socket) => sockets.push(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    for (const server of [http, raw]) server.close()
  })
  const come = async (port: number | undefined, from: string) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: from })
    socket.on('error', () => undefined).resume()
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  return { come, ports }
}

const GET = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n'

test('the oldest of an address’s many silent connections is cut off, whatever the port', async (t) => {
  const { come, ports } = await world(t)
  const [http, raw] = ports
  const other = await come(http, '127.0.0.3')
  const [first, ...rest] = [
    await come(http, '127.0.0.2'),
    await come(raw, '127.0.0.2'),
    await come(http, '127.0.0.2'),
    await come(raw, '127.0.0.2'),
  ]
  await until('the first to be cut off', () => first?.closed)
  for (const socket of [other, ...rest]) assert.equal(socket.closed, false)
})

test('many addresses together have a bound too', async (t) => {
  const { come, ports } = await world(t)
  const sockets: Socket[] = []
  for (let n = 0; n < BOUNDS.inAll + 1; n++) sockets.push(await come(ports[0], `127.0.0.${10 + n}`))
  await until('the first to be cut off', () => sockets[0]?.closed)
  for (const socket of sockets.slice(1)) assert.equal(socket.closed, false)
})

test('a connection that has sent a request is no stranger, and makes room for the next', async (t) => {
  const { come, ports } = await world(t)
  const [http, raw] = ports
  for (let n = 0; n < 10; n++) {
    const asking = await come(n % 2 === 0 ? http : raw, '127.0.0.2')
    asking.write(GET)
    await once(asking, 'data')
    const listening = await come(raw, '127.0.0.2')
    listening.write('hello')
  }
  const last = await come(http, '127.0.0.2')
  last.write(GET)
  const [answer] = await once(last, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 200/)
})

test('a connection that has closed makes room too', async (t) => {
  const { come, ports } = await world(t)
  const stays = await come(ports[1], '127.0.0.2')
  for (let n = 0; n < 10; n++) {
    const goes = await come(ports[1], '127.0.0.2')
    goes.end()
    await once(goes, 'close')
  }
  assert.equal(stays.closed, false)
})
