import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  bodyBytes,
  createDialectApp,
  Dispatcher,
  listen,
  PathOwners,
  type SharedRoute,
} from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

type Name = 'one' | 'two'

/** Both dialects want it: two is told by its key, and a body with both keys is one's. */
const LOGIN: SharedRoute<Name> = {
  byKey: [
    ['login', 'one'],
    ['username', 'two'],
  ],
  otherwise: 'two',
  limit: 'login',
}

interface Given {
  readonly served?: readonly Name[]
  readonly isOverLimit?: boolean
}

/** A port that serves these dialects, each of which says its name and what it was asked. */
async function open(t: TestContext, { served = ['one', 'two'], isOverLimit = false }: Given = {}) {
  const errors: unknown[] = []
  const asked: Name[] = []
  const owners = await Promise.all(
    served.map(async (name) => {
      const http = createDialectApp({
        notFound: (reply) => reply.code(404).send(`${name}: nothing`),
        methodNotAllowed: (reply) => reply.code(405).send(`${name}: not so`),
        error: (error, _request, reply) => reply.code(400).send(`${name}: ${error.message}`),
      })
      http.get(`/${name}`, () => name)
      http.post('/login', (request) => `${name} ${bodyBytes(request)}`)
      http.options('/login', () => `${name} preflight`)
      await http.ready()
      return { name, http, paths: [`/${name}`, `/${name}/`] }
    }),
  )
  const dispatcher = new Dispatcher<Name>({
    owners: new PathOwners({ owners, shared: new Map() }),
    shared: new Map([['/login', LOGIN]]),
    preflight: (origin) => (origin === 'http://one.example' ? 'one' : 'two'),
    isOverLimit: () => isOverLimit,
    onRequest: (name) => asked.push(name),
    onError: (error) => errors.push(error),
  })
  const server = createServer((request, response) => dispatcher.handle(request, response))
  const port = Number(await listen(server, '127.0.0.1', 0))
  t.after(() => server.close())
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
    return { status: answer.status, text: await answer.text() }
  }
  const logIn = async (body: string) => {
    const headers = { 'content-type': 'application/json' }
    return (await ask('/login', { method: 'POST', headers, body })).text
  }
  return { ask, logIn, asked, errors, port }
}

test('a request goes to the dialect whose path it is, and nobody else counts it', async (t) => {
  const { ask, asked } = await open(t)
  assert.equal((await ask('/two?x=/one')).text, 'two')
  assert.deepEqual(asked, ['two'])
})

test('a path of nobody is not found, and one that its owner does not know is not found in its words', async (t) => {
  const { ask, asked } = await open(t)
  assert.deepEqual(await ask('/three'), { status: 404, text: 'Not Found' })
  assert.deepEqual(asked, [])
  assert.deepEqual(await ask('/one/of/many'), { status: 404, text: 'one: nothing' })
})

test('the keys of the body choose between two dialects with one path, in the order of the table', async (t) => {
  const { logIn } = await open(t)
  assert.equal(await logIn('{"username":"ann"}'), 'two {"username":"ann"}')
  assert.equal(await logIn('{"login":"ann"}'), 'one {"login":"ann"}')
  assert.equal(await logIn('{"username":"ann","login":"ann"}'), 'one {"username":"ann","login":"ann"}')
})

test('a body that has no key of the table, or is no object, goes to the dialect that takes the rest', async (t) => {
  const { logIn } = await open(t)
  for (const body of ['{}', '["login"]', '"login"', 'null', '{"toString":1}', '{"login":'])
    assert.equal(await logIn(body), `two ${body}`)
})

test('a body that was read to choose is whole for the dialect that was chosen, in however many pieces', async (t) => {
  const { port } = await open(t)
  const body = JSON.stringify({ text: 'ä'.repeat(1_000), login: 'ann' })
  const socket = connect(port, '127.0.0.1').setEncoding('utf8').setNoDelay(true)
  t.after(() => socket.destroy())
  let heard = ''
  socket.on('data', (text) => {
    heard += text
  })
  socket.write(
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  for (const piece of body.match(/.{1,100}/gs) ?? []) {
    socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    await new Promise(setImmediate)
  }
  socket.write('0\r\n\r\n')
  await until('the answer', () => heard.includes(`one ${body}`))
})

test('a preflight of another origin is answered by the dialect that this origin uses', async (t) => {
  const { ask } = await open(t)
  const preflight = (origin: string) => ask('/login', { method: 'OPTIONS', headers: { origin } })
  assert.equal((await preflight('http://one.example')).text, 'one preflight')
  assert.equal((await preflight('http://other.example')).text, 'two preflight')
})

test('where one of them is not served the other has the shared path to itself', async (t) => {
  for (const served of ['one', 'two'] as const) {
    const { ask, logIn } = await open(t, { served: [served] })
    assert.equal(await logIn('{"username":"ann"}'), `${served} {"username":"ann"}`)
    const headers = { origin: 'http://one.example' }
    assert.equal((await ask('/login', { method: 'OPTIONS', headers })).text, `${served} preflight`)
  }
})

test('a body too long for a log-in is not read to choose, and a shorter one not either past the limit', async (t) => {
  const padded = (bytes: number) => JSON.stringify({ login: 'ann', pad: 'x'.repeat(bytes) })
  const { logIn } = await open(t)
  assert.match(await logIn(padded(10_000)), /^one /)
  assert.match(await logIn(padded(20_000)), /^two: /)
  const hasty = await open(t, { isOverLimit: true })
  assert.match(await hasty.logIn(padded(1_000)), /^one /)
  assert.match(await hasty.logIn(padded(10_000)), /^two /)
})

test('a client that goes away in the middle of a body is no error', async (t) => {
  const { port, logIn, asked, errors } = await open(t)
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) =>
    socket.write('POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"login', resolve),
  )
  socket.destroy()
  assert.match(await logIn('{"login":"ann"}'), /^one /)
  assert.deepEqual([asked, errors], [['one'], []])
})
