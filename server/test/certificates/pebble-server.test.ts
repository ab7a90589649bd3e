import assert from 'node:assert/strict'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import WebSocket from 'ws'
import { listen } from '../../src/transport/index.ts'
import { backUp, restore } from '../operating/talk.ts'
import { freePort } from '../support/free-port.ts'
import { type Pebble, startPebble } from '../support/pebble.ts'
import { spawnServer } from '../support/process.ts'
import { RawListener, register } from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { tlsTunnelTo } from '../support/tls-tunnel.ts'
import { trust } from '../support/trust.ts'
import { START_MS, until } from '../support/until.ts'

const DAY_S = 24 * 3600

interface World {
  readonly pebble: Pebble
  readonly folder: string
  readonly challengePort: number
  start(more?: Readonly<Record<string, string>>): Promise<{ server: TestServer; url: string }>
}

/** An authority that this process believes, and servers that ask it for a certificate of localhost. */
async function world(
  t: TestContext,
  { lifeSeconds = 90 * DAY_S, leadsAllHere = false } = {},
): Promise<World> {
  const challengePort = await freePort()
  const pebble = await startPebble(t, { challengePort, lifeSeconds, leadsAllHere })
  trust(t, `${pebble.own.certText}\n${await pebble.root()}`)
  const folder = await tempDir(t)
  const settings = {
    DBPATH: join(folder, 'chat.db'),
    TLS_DOMAIN: 'localhost',
    TLS_EMAIL: 'admin@example.org',
    TLS_DIRECTORY: pebble.directory,
    TLS_CHALLENGE_PORT: `${challengePort}`,
    LOG_LEVEL: 'fatal',
  }
  const start = async (more: Readonly<Record<string, string>> = {}) => {
    const server = await startParlance({ ...settings, ...more })
    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= server.close()
      return closing
    }
    t.after(close)
    return { server: { ...server, close }, url: `https://localhost:${server.port}` }
  }
  return { pebble, folder, challengePort, start }
}

const isServed = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )

/** A connection that the server has secured. */
async function secured(t: TestContext, { port }: TestServer, servername = 'localhost'): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

const serialOf = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber

const ordersOf = ({ output }: Pebble): number => output.stdout.split('Issued certificate').length - 1

/** The answer of the port of plain http. */
async function plainly(port: number, path: string, options: { method?: string; host?: string } = {}) {
  const { method = 'GET', host = 'localhost' } = options
  const asked = request({ port, host: '127.0.0.1', path, method, headers: { host }, agent: false }).end()
  const [answer] = await once(asked, 'response')
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
}

test('a server that is told its name gets a certificate by itself: for HTTP, WebSocket and raw TCP', async (t) => {
  const { start, pebble, folder } = await world(t)
  const { server, url } = await start()
  await until('the certificate', () => isServed(url))
  const person = await register(url, 'ann')
  const gid = await person.createRoom()
  const raw = new RawListener(await tlsTunnelTo(t, server.tcpPort ?? 0))
  t.after(() => raw.end())
  raw.write(JSON.stringify({ uuid: person.uuid, room_gid: gid }))
  await raw.entered(person, gid)
  await person.send(gid, 'over TLS')
  await until('the message over raw TCP', () => raw.texts.includes('over TLS'))
  const ws = new WebSocket(`${url.replace('https', 'wss')}/v1/socket`, 'parlance.v1')
  t.after(() => ws.terminate())
  await once(ws, 'open')
  assert.equal(ordersOf(pebble), 1)
  const kept = join(folder, 'certificates')
  for (const [path, mode] of [
    [kept, 0o700],
    [join(kept, 'certificate.json'), 0o600],
    [join(kept, 'account.pem'), 0o600],
  ] as const)
    assert.equal((await stat(path)).mode & 0o777, mode, path)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const [, expires = '0'] = /^parlance_certificate_expires_seconds (\S+)$/m.exec(metrics) ?? []
  const days = (Number(expires) - Date.now() / 1000) / DAY_S
  assert.ok(days > 89 && days < 91, `${days}`)
})

test('a restart serves the certificate that it has, and asks for none', async (t) => {
  const { start, pebble } = await world(t)
  const first = await start()
  await until('the certificate', () => isServed(first.url))
  const serial = serialOf(await secured(t, first.server))
  await first.server.close()
  await pebble.stop()
  const second = await start()
  assert.equal(serialOf(await secured(t, second.server)), serial)
})

test('a server that was restored from a back-up serves the certificate of the other, and asks for none', async (t) => {
  const { start, pebble, folder } = await world(t)
  const first = await start()
  await until('the certificate', () => isServed(first.url))
  const serial = serialOf(await secured(t, first.server))
  const [copy, dbpath] = [join(folder, 'copy'), join(folder, 'another', 'chat.db')]
  await backUp(t, copy, '--dbpath', join(folder, 'chat.db'))
  await first.server.close()
  await restore(t, copy, '--dbpath', dbpath)
  const second = await start({ DBPATH: dbpath })
  assert.equal(serialOf(await secured(t, second.server)), serial)
  assert.equal(ordersOf(pebble), 1)
})

test('a certificate of which a third is left is renewed, and cuts nobody off', async (t) => {
  const { start, pebble } = await world(t, { lifeSeconds: 12 })
  const first = await start()
  await until('the certificate', () => isServed(first.url))
  await first.server.close()
  const { server } = await start()
  const before = await secured(t, server)
  const renewed = async () => serialOf(await secured(t, server)) !== serialOf(before)
  await until('another certificate', renewed)
  assert.ok(ordersOf(pebble) > 1)
  before.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [answer] = await once(before, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 200/)
})

test('a certificate is for all names that are set, and another is got when one more is', async (t) => {
  const { start, pebble } = await world(t, { leadsAllHere: true })
  const first = await start()
  await until('the certificate', () => isServed(first.url))
  await first.server.close()
  const { server } = await start({ TLS_DOMAIN: 'localhost, Chat.Example.org' })
  const isForBoth = () =>
    secured(t, server, 'chat.example.org').then(
      () => true,
      () => false,
    )
  // Meanwhile the name that was set before goes on being served.
  await secured(t, server)
  await until('a certificate for both names', isForBoth)
  await secured(t, server)
  assert.equal(ordersOf(pebble), 2)
})

test('plain http is sent on to https, but to no name that is not ours', async (t) => {
  const { start, challengePort } = await world(t)
  const { server, url } = await start()
  await until('the certificate', () => isServed(url))
  const { port } = server.config
  const [ours, other, posted, unknown] = await Promise.all([
    plainly(challengePort, '/some/page?q=1'),
    plainly(challengePort, '//evil.example/', { host: 'evil.example:80' }),
    plainly(challengePort, '/login', { method: 'POST' }),
    plainly(challengePort, '/.well-known/acme-challenge/unknown'),
  ])
  const suffix = `:${port}`
  assert.deepEqual(
    [ours.status, ours.headers.location, ours.headers.connection],
    [308, `https://localhost${suffix}/some/page?q=1`, 'close'],
  )
  assert.equal(other.headers.location, `https://localhost${suffix}//evil.example/`)
  assert.equal(posted.status, 400)
  assert.match(posted.body, /ask for https:/)
  assert.equal(unknown.status, 404)
})

test('a name that leads elsewhere is told of in the words of the authority, and the server goes on', async (t) => {
  // The machine to which the name leads is another: it knows nothing of our proofs.
  const elsewhere = createServer((_request, response) => response.writeHead(404).end())
  t.after(() => elsewhere.close())
  const folder = await tempDir(t)
  const pebble = await startPebble(t, { challengePort: await listen(elsewhere, '127.0.0.1', 0) })
  const [port, challengePort] = [await freePort(), await freePort()]
  const { output, child, exited } = spawnServer(t, {
    DBPATH: join(folder, 'chat.db'),
    PORT: `${port}`,
    ROOMS_TCP_PORT: '0',
    TLS_DOMAIN: 'localhost',
    TLS_DIRECTORY: pebble.directory,
    TLS_CHALLENGE_PORT: `${challengePort}`,
    NODE_EXTRA_CA_CERTS: pebble.authority,
  })
  await until('the failure', () => output.stderr.includes('could be got'), START_MS)
  const [line = ''] = output.stderr.split('\n').filter((each) => each.includes('could be got'))
  const { msg } = JSON.parse(line)
  assert.match(
    msg,
    /^No certificate for localhost could be got at localhost:\d+: .*404.*; until there is one, nobody can connect\. The next try is in 2 min\.$/,
  )
  await until('the start-up block', () => output.stdout.includes(`https://127.0.0.1:${port}`), START_MS)
  for (const each of [port, challengePort]) {
    const { status, body } = await plainly(each, '/')
    assert.equal(status, 503)
    assert.match(body, /has no certificate yet/)
  }
  const refused = connect({ port, host: '127.0.0.1', servername: 'localhost' })
  refused.on('error', () => undefined)
  await until('the handshake to be closed', () => refused.closed)
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
})
