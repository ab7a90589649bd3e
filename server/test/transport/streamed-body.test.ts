import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createListener, listen, streamed } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

/** A listener that gives a request half a second, and streams bodies to /streamed until `/…` says that it ends. */
async function open(t: { after(run: () => void): void }) {
  const ends: (() => void)[] = []
  const server = createListener({
    handle: (request, response) => {
      if (request.url === '/streamed') ends.push(streamed(request))
      request.on('end', () => response.end('whole'))
      request.resume()
    },
    upgradeFor: () => undefined,
    requestMs: 500,
  })
  const port = Number(await listen(server, '127.0.0.1', 0))
  const peers: { destroy(): void }[] = []
  t.after(() => {
    for (const peer of peers) peer.destroy()
    server.close()
    server.closeAllConnections()
  })
  const come = (path: string) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    peers.push(socket)
    const client = { socket, heard: '', isClosed: false }
    socket.on('error', () => undefined)
    socket.on('data', (text: string) => {
      client.heard += text
    })
    socket.on('close', () => {
      client.isClosed = true
    })
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na`)
    return client
  }
  return { come, ends }
}

test('a request that takes too long is cut off with 408, and one whose body is streamed is not', async (t) => {
  const { come } = await open(t)
  const streaming = come('/streamed')
  const plain = come('/plain')
  await until('the cut', () => plain.isClosed)
  assert.match(plain.heard, /^HTTP\/1\.1 408 /)
  // It came first, so its time was over first, too.
  assert.equal(streaming.isClosed, false)
  streaming.socket.write('b')
  await until('the answer', () => streaming.heard.endsWith('whole'))
})

test('a body that nobody streams any more is cut off, also where its time was over before', async (t) => {
  const { come, ends } = await open(t)
  const streaming = come('/streamed')
  const plain = come('/plain')
  await until('the time of both', () => plain.isClosed)
  assert.equal(streaming.isClosed, false)
  for (const end of ends) end()
  await until('the cut', () => streaming.isClosed)
  assert.equal(streaming.heard, '')
})

test('a request that cannot be read is refused in words', async (t) => {
  const { come } = await open(t)
  const client = come('/plain')
  client.socket.write('bnonsense\r\n\r\n')
  await until('the refusal', () => client.isClosed)
  assert.match(client.heard, /400 Bad Request/)
})
