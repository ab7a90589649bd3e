import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createListener, listen, RequestPipeline } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

interface Handled {
  readonly path: string | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** A listener whose requests are answered when the test says so, and clients of it. */
async function open(t: TestContext) {
  const pipeline = new RequestPipeline()
  const handled: Handled[] = []
  let isAnswering = false
  const server = createListener({
    handle: (request, response) => {
      handled.push({ path: request.url, request, response })
      if (isAnswering) response.end()
    },
    upgradeFor: () => undefined,
    pipeline,
  })
  const port = Number(await listen(server, '127.0.0.1', 0))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const come = () => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    t.after(() => socket.destroy())
    const client = { socket, heard: '', isClosed: false, ask: (path: string) => socket.write(request(path)) }
    socket.on('error', () => undefined)
    socket.on('data', (text: string) => {
      client.heard += text
    })
    socket.on('close', () => {
      client.isClosed = true
    })
    return client
  }
  const paths = () => handled.map(({ path }) => path)
  /** Waits until so many have been handled, and returns the last of them. */
  const nth = (count: number) => until(`request ${count}`, () => handled[count - 1])
  const answerAll = () => {
    isAnswering = true
    handled.at(-1)?.response.end()
  }
  return { pipeline, handled, paths, nth, come, answerAll }
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

test('requests of a connection are handled one after the other, each when the one before is answered', async (t) => {
  const { paths, nth, come } = await open(t)
  const client = come()
  for (const path of ['/1', '/2', '/3']) client.ask(path)
  const first = await nth(1)
  // Somebody else is handled meanwhile, and later than what is waiting has come.
  come().ask('/other')
  await nth(2)
  assert.deepEqual(paths(), ['/1', '/other'])
  first.response.end('answer 1')
  ;(await nth(3)).response.end('answer 2')
  ;(await nth(4)).response.end('answer 3')
  await until('all answers', () => client.heard.includes('answer 3'))
  assert.deepEqual(paths(), ['/1', '/other', '/2', '/3'])
  assert.ok(client.heard.indexOf('answer 1') < client.heard.indexOf('answer 2'))
})

test('a connection with 32 waiting requests is not read until they are answered, and then answered all', async (t) => {
  const { handled, nth, come, answerAll } = await open(t)
  const client = come()
  const count = 2_000
  const long = (n: number) => request(`/${n}`).replace('Host: a', `Host: a\r\nPadding: ${'x'.repeat(4_000)}`)
  client.socket.write(Array.from({ length: count }, (_, n) => long(n)).join(''))
  const { request: first } = await nth(1)
  await until('it not to be read', () => first.socket.isPaused())
  // A server that went on reading would have read more once it has heard of somebody who came later.
  come().ask('/other')
  const { response: other } = await nth(2)
  assert.ok(first.socket.bytesRead < 1_000_000, `${first.socket.bytesRead} bytes were read`)
  other.end()
  handled.splice(1)
  answerAll()
  assert.equal((await nth(count)).path, `/${count - 1}`)
  await until('it to be read again', () => !first.socket.isPaused())
})

test('a connection that sends a thousand requests and more without an answer is cut off', async (t) => {
  const { handled, come } = await open(t)
  const client = come()
  client.socket.write(Array.from({ length: 5_000 }, (_, n) => request(`/${n}`)).join(''))
  await until('it to be cut off', () => client.isClosed)
  assert.equal(handled.length, 1)
})

test('a request that waits on a connection that has ended is not handled any more', async (t) => {
  const { paths, nth, come } = await open(t)
  const client = come()
  client.socket.write(request('/1') + request('/2'))
  const { request: first } = await nth(1)
  client.socket.resetAndDestroy()
  await until('its end', () => first.socket.destroyed)
  come().ask('/other')
  await nth(2)
  assert.deepEqual(paths(), ['/1', '/other'])
})

test('once it closes, each answer is the last of its connection', async (t) => {
  const { pipeline, nth, come } = await open(t)
  const client = come()
  client.ask('/1')
  ;(await nth(1)).response.end('before')
  await until('the answer', () => client.heard.includes('before'))
  assert.doesNotMatch(client.heard, /connection: close/i)
  pipeline.close()
  client.ask('/2')
  ;(await nth(2)).response.end('after')
  await until('the end', () => client.isClosed)
  assert.match(client.heard, /connection: close/i)
})

test('a connection on which nothing moves is cut off, but not while it waits for us', async (t) => {
  const { pipeline, nth, come } = await open(t)
  const client = come()
  client.socket.pause()
  client.ask('/1')
  const { request: first, response } = await nth(1)
  pipeline.onTimeout(first.socket)
  assert.ok(!first.socket.destroyed, 'its answer has not begun')
  response.end('x'.repeat(50_000_000))
  await until('more than it takes to wait', () => response.writableLength > 0)
  pipeline.onTimeout(first.socket)
  assert.ok(first.socket.destroyed, 'it does not take its answer')
})
