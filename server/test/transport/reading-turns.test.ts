import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import { hold, release } from '../../src/transport/reading-turns.ts'
import { rawSocketUnder, rememberingWsServer } from '../../src/transport/remembering-ws-server.ts'
import { present } from '../store/world.ts'
import { until } from '../support/until.ts'

const MANY = 'x'.repeat(2 * 1024 * 1024)

/** A WebSocket as Socket.IO's, with its client: what comes, and how often reading was paused. */
async function connected(t: TestContext) {
  const uncounted = { address: '', memory: { add: () => {}, delete: () => {} } }
  const sockets = new (rememberingWsServer(() => uncounted as never))({ noServer: true })
  const http = createServer().listen(0, '127.0.0.1')
  const opened = Promise.withResolvers<WebSocket>()
  http.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, opened.resolve))
  await once(http, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  t.after(() => {
    client.terminate()
    http.close()
  })
  const [ws] = await Promise.all([opened.promise, once(client, 'open')])
  const socket = present(rawSocketUnder(ws))
  const seen = { bytes: 0, pauses: 0 }
  ws.on('message', (data: Buffer) => {
    seen.bytes += data.length
  })
  const pause = socket.pause.bind(socket)
  socket.pause = () => {
    seen.pauses++
    return pause()
  }
  return { client, socket, seen }
}

test('a socket of Socket.IO is read a chunk a turn, by its one listener', async (t) => {
  const { client, socket, seen } = await connected(t)
  assert.equal(socket.listenerCount('data'), 1)
  client.send(MANY)
  await until('all of it', () => seen.bytes === MANY.length)
  assert.ok(seen.pauses > 2, `paused ${seen.pauses} times`)
})

test('a socket that is held is read no further until its release', async (t) => {
  const { client, socket, seen } = await connected(t)
  client.send('first')
  await until('the first', () => seen.bytes === 5)
  hold(socket)
  client.send(MANY)
  // Reading would go on in one of these turns.
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
  assert.equal(seen.bytes, 5)
  release(socket)
  await until('all of it', () => seen.bytes === 5 + MANY.length)
})
