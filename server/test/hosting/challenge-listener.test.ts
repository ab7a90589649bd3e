import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import WebSocket from 'ws'
import { openChallengeListener } from '../../src/hosting/challenge-listener.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'

/** The port at which an authority looks for proofs, with bounds that are soon reached. */
async function world(t: TestContext) {
  const port = await freePort()
  const proofs = new Map([['token', 'token.thumbprint']])
  const listener = await openChallengeListener({
    place: { host: '127.0.0.1', port, settings: { port: 'TLS_CHALLENGE_PORT', host: 'HOST' } },
    limits: { strangers: { perAddress: 2, inAll: 3 } },
    proofs,
    hasCertificate: () => true,
    secureAddressOf: (_host, path) => `https://chat.example.org${path}`,
  })
  t.after(() => listener.close())
  const come = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    return socket
  }
  return { port, proofs, come }
}

test('a proof is told, byte by byte, for as long as it is there', async (t) => {
  const { port, proofs } = await world(t)
  const url = `http://127.0.0.1:${port}/.well-known/acme-challenge/token`
  const answer = await fetch(url)
  assert.deepEqual([answer.status, await answer.text()], [200, 'token.thumbprint'])
  proofs.clear()
  assert.equal((await fetch(url)).status, 404)
})

test('a connection ends with its answer', async (t) => {
  const { come } = await world(t)
  const socket = await come()
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n')
  await until('the connection to be closed', () => socket.closed)
})

test('connections that say nothing are cut off past a bound, the oldest first', async (t) => {
  const { come } = await world(t)
  const [first, ...others] = [await come(), await come(), await come()]
  await until('the first to be closed', () => first?.closed)
  assert.deepEqual(
    others.map(({ closed }) => closed),
    [false, false],
  )
})

test('a header without an end is given up within seconds', async (t) => {
  const { come } = await world(t)
  const socket = await come()
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n')
  await until('the connection to be closed', () => socket.closed, 20_000)
})

test('a WebSocket is not served there', async (t) => {
  const { port } = await world(t)
  const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`)
  ws.on('error', () => undefined)
  const [, response] = await once(ws, 'unexpected-response')
  assert.equal(response.statusCode, 404)
})
