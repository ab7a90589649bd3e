import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { io } from 'socket.io-client'
import { startBlock } from '../../src/cli/start-block.ts'
import { RawListener, type RoomsPerson, register } from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

// Requests that people and proxies write by hand, and that HTTP allows.

let server: TestServer
let ann: RoomsPerson
before(async () => {
  server = await startParlance()
  ann = await register(server.url, 'ann')
})
after(() => server.close())

/** Does as `nc -N`: sends all, ends its side, and listens until the other side ends. */
async function exchange(text: string, port = server.port): Promise<string> {
  const socket = connect({ host: server.host, port, allowHalfOpen: true })
  let heard = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    heard += part
  })
  socket.end(text)
  await once(socket, 'close')
  return heard
}

const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

describe('the whole of a target in the request line', () => {
  for (const start of ['http://chat.example', 'HTTPS://chat.example:8443', 'http://ann@chat.example'])
    for (const [path, answer] of [
      ['/healthz', '{"status":"ok"}'],
      ['/misc/ping', 'pong'],
      ['/api/users', '401 Unauthorized'],
      ['/socket.io/?EIO=4&transport=polling', '"sid"'],
    ] as const)
      test(`${start}${path}`, async () => {
        const heard = await exchange(`GET ${start}${path} HTTP/1.1\r\nHost: other\r\n\r\n`)
        assert.ok(heard.includes(answer), heard)
      })

  test('without a path is the root, and with a query alone too', async () => {
    for (const target of ['http://chat.example', 'http://chat.example?x=1'])
      assert.equal(statusOf(await exchange(`GET ${target} HTTP/1.1\r\nHost: chat\r\n\r\n`)), 200)
  })

  test('names the host that counts', async () => {
    // Metrics are for clients that ask this machine by its own name.
    const ask = (target: string, host: string) =>
      exchange(`GET ${target}/metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    assert.equal(statusOf(await ask('http://localhost', 'rebound.example')), 200)
    assert.notEqual(statusOf(await ask('http://rebound.example', 'localhost')), 200)
  })

  test('opens a WebSocket as well', async () => {
    const socket = connect({ host: server.host, port: server.port })
    const lines = ['Host: chat', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    socket.write(
      `GET http://chat/ws HTTP/1.1\r\n${lines.join('\r\n')}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    const [answer] = await once(socket, 'data')
    assert.equal(statusOf(String(answer)), 101)
    socket.destroy()
  })
})

test('a byte order mark before the JSON of a shared path changes nothing of who answers', async () => {
  const email = `${ann.login}@example.org`
  const account = { username: `bom-${ann.login}`, email, password: 'correct horse' }
  for (const mark of ['', '\ufeff']) {
    const refused = await exchange(
      post('/login', `${mark}{"usernameOrEmail":"nobody","password":"wrong horse"}`),
    )
    assert.match(refused, /"code":"/, 'messenger answers')
    const { login, password } = ann
    assert.match(await exchange(post('/login', `${mark}${JSON.stringify({ login, password })}`)), /"uuid"/)
  }
  const registered = await exchange(post('/register', `\ufeff${JSON.stringify(account)}`))
  assert.match(registered, /"access_token"/, 'messenger answers')
})

test('Socket.IO is served without the last slash of its path', async () => {
  for (const transports of [['polling'], ['websocket']]) {
    const client = io(server.url, {
      transports,
      addTrailingSlash: false,
      reconnection: false,
      forceNew: true,
    })
    await until('the connection', () => client.connected)
    client.disconnect()
  }
  assert.equal((await fetch(`${server.url}/socket.iox`)).status, 404)
})

describe('a peer that ends its side once it has asked', () => {
  test('gets the answers to all that it asked, and then the end', async () => {
    const get = 'GET /misc/ping HTTP/1.1\r\nHost: chat\r\n\r\n'
    const heard = await exchange(get + post('/create-room', '{}') + get)
    assert.equal(heard.match(/HTTP\/1\.1 200/g)?.length, 3, heard)
  })

  test('gets them on the raw TCP port as well', async () => {
    const heard = await exchange('GET /misc/ping HTTP/1.1\r\nHost: chat\r\n\r\n', server.tcpPort ?? 0)
    assert.match(heard, /pong/)
  })

  test('is closed when it has asked nothing whole', async () => {
    assert.equal(await exchange('', server.tcpPort ?? 0), '')
    assert.equal(await exchange('{"uuid": ', server.tcpPort ?? 0), '')
    assert.equal(statusOf(await exchange('GET / HTTP/1.1\r\nHo')), 400)
    assert.equal(await exchange(''), '')
  })

  test('hears its room over raw TCP until it is gone, and does not count as online', async () => {
    const [ben, gid] = [await register(server.url, 'ben'), await ann.createRoom()]
    const account = await server.chat.accounts.findByUsername(ben.login)
    assert.ok(account)
    const isOnline = () => server.chat.presence.isOnline(account.accountId)
    const listener = new RawListener(server.tcpPort ?? 0, server.host, { allowHalfOpen: true })
    listener.write(JSON.stringify({ uuid: ben.uuid, room_gid: gid }))
    await listener.entered(ann, gid)
    assert.equal(await isOnline(), true)
    listener.socket.end()
    await until('the departure', async () => !(await isOnline()))
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    assert.match(metrics, /^parlance_connections\{dialect="rooms"\} 0$/m)
    await ann.send(gid, 'still heard')
    await until('the message', () => listener.texts.includes('still heard'))
    // The client sends and ends its side in one go.
    const hasty = new RawListener(server.tcpPort ?? 0, server.host, { allowHalfOpen: true })
    hasty.socket.end(JSON.stringify({ uuid: ben.uuid, room_gid: gid }))
    await hasty.entered(ann, gid)
    assert.equal(await isOnline(), false)
    listener.end()
    hasty.end()
  })

  test('over raw TCP is one of at most a hundred from an address: the first goes', async () => {
    const gid = await ann.createRoom()
    const pass = JSON.stringify({ uuid: ann.uuid, room_gid: gid })
    const peers = Array.from({ length: 105 }, () => {
      const peer = new RawListener(server.tcpPort ?? 0, server.host, { allowHalfOpen: true })
      peer.socket.end(pass)
      return peer
    })
    await until('five of them to be closed', () => peers.filter(({ isClosed }) => isClosed).length === 5)
    for (const peer of peers) peer.end()
  })
})

test('the start block writes IPv6 addresses as they are typed', async () => {
  const settings = { HOST: '::1', ROOMS_TCP_HOST: '::1', PARLANCE_PORTS: 'rooms:0' }
  const other = await startParlance(settings)
  const block = startBlock(other.config, other, [])
  await other.close()
  assert.match(block, /HTTP, WebSocket +http:\/\/\[::1\]:\d+\n/)
  assert.match(block, /raw TCP +\[::1\]:\d+\n/)
  assert.match(block, /only rooms +http:\/\/\[::1\]:\d+\n/)
})
