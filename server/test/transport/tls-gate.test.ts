import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as askPlain } from 'node:http'
import { connect, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import {
  createListener,
  createSniffingServer,
  Limits,
  listen,
  plain,
  STRANGERS,
  Strangers,
  TlsGate,
} from '../../src/transport/index.ts'
import { makeCertificate, textsOf } from '../support/certificates.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

interface Form {
  readonly strangers?: Strangers
  readonly handshakes?: { readonly perAddress: number; readonly inAll: number }
  readonly take?: Limits['take']
  readonly deadlineMs?: number
  readonly requestMs?: number
}

/** A port for HTTP, and one that takes raw clients too and echoes what they say, both behind one gate. */
async function world(t: TestContext, form: Form = {}) {
  const folder = await tempDir(t)
  const pair = await textsOf(await makeCertificate(folder))
  const limits = new Limits(true)
  const gate = new TlsGate({
    pair,
    limits: {
      handshakes: form.handshakes ?? limits.handshakes,
      take: form.take ?? ((...args) => limits.take(...args)),
    },
    ...(form.deadlineMs !== undefined && { deadlineMs: form.deadlineMs }),
  })
  const strangers = form.strangers ?? new Strangers(STRANGERS)
  const http = createListener({
    handle: (_request, response) => plain(response, 200, 'answer'),
    upgradeFor: () => undefined,
    strangers,
    ...(form.requestMs !== undefined && { requestMs: form.requestMs }),
  })
  const raw = createSniffingServer({
    onHttp: (socket) => http.emit('connection', socket),
    onRaw: (socket) => socket.pipe(socket),
    deadlineMs: 60_000,
    strangers,
  })
  const sockets: Socket[] = []
  for (const server of [http, raw]) gate.protect(server, strangers)
  const [httpPort = 0, rawPort = 0] = await Promise.all(
    [http, raw].map((server: Server) => listen(server, '127.0.0.1', 0)),
  )
  for (const server of [http, raw]) server.on('connection', (socket: Socket) => sockets.push(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    for (const server of [http, raw]) server.close()
  })
  const come = async (port = httpPort, from = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from })
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  const comeSecurely = async (port: number, options: ConnectionOptions = {}) => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: pair.cert, ...options })
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'secureConnect')
    return socket
  }
  return { folder, gate, pair, httpPort, rawPort, come, comeSecurely }
}

const GET = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n'

/** Resolves when the connection is closed, perhaps long ago. */
async function gone(socket: Socket): Promise<void> {
  socket.resume()
  await until('the connection to be closed', () => socket.closed)
}

async function answerTo(socket: Socket, sent: string): Promise<string> {
  socket.write(sent)
  const [bytes] = await once(socket, 'data')
  return String(bytes)
}

test('HTTP, raw TCP, and HTTP at the port of raw TCP are spoken over TLS', async (t) => {
  const { httpPort, rawPort, comeSecurely } = await world(t)
  assert.match(await answerTo(await comeSecurely(httpPort), GET), /^HTTP\/1\.1 200/)
  assert.equal(await answerTo(await comeSecurely(rawPort), 'hello'), 'hello')
  assert.match(await answerTo(await comeSecurely(rawPort), GET), /^HTTP\/1\.1 200/)
})

test('a kept connection carries one request after the other', async (t) => {
  const { httpPort, comeSecurely } = await world(t)
  const socket = await comeSecurely(httpPort)
  for (let n = 0; n < 3; n++) assert.match(await answerTo(socket, GET), /^HTTP\/1\.1 200/)
})

test('TLS 1.2 and 1.3 are spoken, and nothing older', async (t) => {
  const { httpPort, comeSecurely } = await world(t)
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await comeSecurely(httpPort, { minVersion: version, maxVersion: version })
    assert.equal(socket.getProtocol(), version)
  }
  const old = comeSecurely(httpPort, {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  await assert.rejects(old, /alert protocol version|unsupported protocol/i)
})

test('a client that offers HTTP/2 too is given HTTP/1.1', async (t) => {
  const { httpPort, comeSecurely } = await world(t)
  const socket = await comeSecurely(httpPort, { ALPNProtocols: ['h2', 'http/1.1'] })
  assert.equal(socket.alpnProtocol, 'http/1.1')
})

test('plain HTTP is answered with what to ask for instead, on both ports', async (t) => {
  const { httpPort, rawPort } = await world(t)
  for (const port of [httpPort, rawPort]) {
    // Larger than what is read at once: the answer comes all the same.
    const asked = askPlain({ port, host: '127.0.0.1', method: 'POST', agent: false })
    asked.on('error', () => undefined)
    asked.end(Buffer.alloc(200_000))
    const [response] = await once(asked, 'response')
    assert.equal(response.statusCode, 400)
    assert.match(await text(response), /speaks TLS: ask for https/)
  }
})

test('a peer that speaks something else is closed at once', async (t) => {
  const { rawPort, come } = await world(t)
  const socket = await come(rawPort)
  socket.resume().write('{"hello":1}')
  await gone(socket)
})

test('a peer that breaks its handshake off ends nobody else’s connection', async (t) => {
  const { httpPort, come, comeSecurely } = await world(t, { deadlineMs: 1_000 })
  const good = await comeSecurely(httpPort)
  for (const bytes of ['\x16', '\x16\x03\x01\x00\x05hello', '\x16\x03\x01\xff\xff']) {
    const broken = await come()
    broken.end(Buffer.from(bytes, 'latin1'))
    broken.resume()
    await gone(broken)
  }
  assert.match(await answerTo(good, GET), /^HTTP\/1\.1 200/)
})

test('a peer that is silent, or does not end its handshake, is closed at the deadline', async (t) => {
  const { come } = await world(t, { deadlineMs: 200 })
  const [silent, slow] = [await come(), await come()]
  slow.write(Buffer.from('\x16\x03\x01\x02\x00\x01', 'latin1'))
  await Promise.all([silent, slow].map((socket) => gone(socket)))
})

test('the deadline is of the handshake alone', async (t) => {
  const { httpPort, rawPort, comeSecurely } = await world(t, { deadlineMs: 300 })
  const startedAt = performance.now()
  const [http, raw] = [await comeSecurely(httpPort), await comeSecurely(rawPort)]
  await until('the deadline to pass', () => performance.now() - startedAt > 500)
  assert.match(await answerTo(http, GET), /^HTTP\/1\.1 200/)
  assert.equal(await answerTo(raw, 'hello'), 'hello')
})

test('a secured client that sends no request is closed in the time of any', async (t) => {
  const { httpPort, comeSecurely } = await world(t, { requestMs: 100 })
  const socket = await comeSecurely(httpPort)
  await gone(socket)
})

test('connections count as strangers from the first moment until their request, through the handshake', async (t) => {
  const strangers = new Strangers({ perAddress: 3, inAll: 5 })
  const { httpPort, come, comeSecurely } = await world(t, { strangers })
  const silent = await come()
  const inHandshake = await come()
  inHandshake.write(Buffer.from('\x16\x03\x01', 'latin1'))
  const secured = await comeSecurely(httpPort)
  const asking = await comeSecurely(httpPort)
  await gone(silent)
  assert.match(await answerTo(asking, GET), /^HTTP\/1\.1 200/)
  for (let n = 0; n < 3; n++) await come()
  await Promise.all([inHandshake, secured].map((socket) => gone(socket)))
  assert.match(await answerTo(asking, GET), /^HTTP\/1\.1 200/)
})

test('those that have begun a handshake have a bound of their own, past which the oldest is cut off', async (t) => {
  const { httpPort, come, comeSecurely } = await world(t, { handshakes: { perAddress: 2, inAll: 3 } })
  const silent = await come()
  const begin = async (from: string) => {
    const socket = await come(httpPort, from)
    socket.resume().write(Buffer.from('\x16\x03\x01', 'latin1'))
    return socket
  }
  const first = await begin('127.0.0.2')
  await begin('127.0.0.2')
  const last = await begin('127.0.0.2')
  await until('the oldest of the address to be cut off', () => first.closed)
  const other = await comeSecurely(httpPort)
  for (let n = 0; n < 3; n++) await comeSecurely(httpPort)
  assert.match(await answerTo(other, GET), /^HTTP\/1\.1 200/)
  assert.deepEqual([silent.closed, last.closed], [false, false])
})

test('past its rate of handshakes an address is closed before anything is made for it', async (t) => {
  let left = 2
  const { httpPort, come, comeSecurely } = await world(t, {
    take: (kind) => (kind === 'handshake' && left-- <= 0 ? 1 : 0),
  })
  for (let n = 0; n < 2; n++) await comeSecurely(httpPort)
  const refused = await come()
  refused.resume().write(Buffer.from('\x16\x03\x01', 'latin1'))
  await gone(refused)
})

test('a client cannot have one handshake after the other', async (t) => {
  const { httpPort, comeSecurely } = await world(t)
  const socket = await comeSecurely(httpPort, { maxVersion: 'TLSv1.2' })
  socket.renegotiate({}, () => undefined)
  await gone(socket)
})

const serialOf = (socket: TLSSocket) => socket.getPeerCertificate().serialNumber

test('a renewed certificate is for newcomers, and cuts off nobody', async (t) => {
  const { folder, gate, pair, httpPort, rawPort, comeSecurely } = await world(t)
  const before = await comeSecurely(httpPort)
  const renewed = await textsOf(await makeCertificate(folder))
  gate.renew(renewed)
  for (const port of [httpPort, rawPort]) {
    const later = await comeSecurely(port, { ca: renewed.cert })
    assert.notEqual(serialOf(later), serialOf(before))
    await assert.rejects(comeSecurely(port, { ca: pair.cert }))
  }
  assert.match(await answerTo(before, GET), /^HTTP\/1\.1 200/)
})
