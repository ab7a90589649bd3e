import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { Namespace, Server, type Socket } from 'socket.io'
import { engineConnection, openSocketIo } from '../../src/transport/engine-io.ts'
import { EngineClient, type EngineTransport } from '../support/engine-client.ts'
import { until } from '../support/until.ts'

// Facts about socket.io and engine.io beyond their documentation, and the defects that are worked around. A test
// of a defect asks the library alone, and fails once that has mended it: then its workaround can go.

after(() => EngineClient.endAll())

type Connection = Socket['conn']

/** A server of the library as it comes. */
async function start(t: TestContext) {
  const http = createServer()
  const io = new Server(http, { allowEIO3: true })
  t.after(() => io.close())
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const address = http.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : assert.fail()}`
  const opened: Connection[] = []
  io.engine.on('connection', (connection: Connection) => opened.push(connection))
  const open = async (transport: EngineTransport, eio: 3 | 4 = 4) => {
    const client = await EngineClient.open(url, eio, transport)
    return { client, connection: opened.at(-1) ?? assert.fail() }
  }
  return { io, url, opened, open }
}

const fieldsOf = (value: object) => value as Readonly<Record<string, unknown>>
/** The same thing, as if the library had taken a field of it away. */
const without = (value: object, field: string): object =>
  Object.create(value, { [field]: { value: undefined } })

test('connections have the shape that is known', async (t) => {
  const { open } = await start(t)
  for (const transport of ['polling', 'websocket'] as const) {
    const { connection } = await open(transport)
    assert.equal(engineConnection(connection), connection)
  }
})

test('a connection of another shape is refused with a sentence that names what is missing', async (t) => {
  const { open } = await start(t)
  const { connection } = await open('polling')
  const sentence = (field: string) => ({
    message: `this version of engine.io has no ${field} of the kind known here`,
  })
  for (const field of [
    'protocol',
    'readyState',
    'upgrading',
    'writeBuffer',
    'request',
    'send',
    'flush',
    'close',
  ])
    assert.throws(() => engineConnection(without(connection, field)), sentence(field))
  for (const field of ['name', 'writable', 'closeTimeout']) {
    const transport = without(connection.transport, field)
    const changed = Object.create(connection, { transport: { value: transport } })
    assert.throws(() => engineConnection(changed), sentence(field))
  }
})

test('a server of another shape is refused with a sentence', (t) => {
  const { _add } = Namespace.prototype
  t.after(() => Object.assign(Namespace.prototype, { _add }))
  Object.assign(Namespace.prototype, { _add: undefined })
  const hooks = { shareOf: () => assert.fail(), admits: () => true, onConnection: () => undefined }
  assert.throws(() => openSocketIo({}, hooks), {
    message: 'this version of socket.io has no _add of the kind known here',
  })
})

test("DEFECT: a connection keeps its handshake's request, with all headers (`releaseRequest`)", async (t) => {
  const { open } = await start(t)
  const { client, connection } = await open('websocket')
  await client.send('40')
  await client.hears(/^40/)
  assert.notDeepEqual(connection.request.headers, {})
})

test('DEFECT: a client that does not poll for a close is waited for half a minute (`shortenGoodbye`)', async (t) => {
  const { open } = await start(t)
  const { connection } = await open('polling')
  assert.equal(fieldsOf(connection.transport).closeTimeout, 30_000)
})

test('DEFECT: the first of several messages uses up the poll, and the others wait (`sendTogether`)', async (t) => {
  const { open } = await start(t)
  const { connection } = await open('polling')
  await until('a poll to wait', () => connection.transport.writable)
  const flushed: unknown[][] = []
  connection.on('flush', (packets: unknown[]) => flushed.push([...packets]))
  for (const message of ['a', 'b', 'c']) connection.send(message)
  assert.deepEqual(
    flushed.map(({ length }) => length),
    [1],
  )
})

test('DEFECT: a client that leaves the namespace and enters at once is thrown out (`SocketIoLink.hear`)', async (t) => {
  const { open } = await start(t)
  const { client } = await open('polling')
  await client.send('40')
  await client.hears(/^40/)
  await client.send('41', '40')
  await client.over()
})

test('DEFECT: two sessions are let in on one connection when both are asked for at once (`admit`)', async (t) => {
  const { io, open } = await start(t)
  const { client, connection } = await open('polling')
  let sessions = 0
  io.on('connection', (socket) => {
    if (socket.conn === connection) sessions++
  })
  await client.send('40', '40')
  await until('both', () => sessions === 2)
})

test('DEFECT: answers to who does not read pile up without bound (`SocketIoLink.follow`)', async (t) => {
  const { url, opened } = await start(t)
  const path = `${url}/socket.io/?EIO=3&transport=polling`
  const handshake = await (await fetch(path)).text()
  const sid = /"sid":"([^"]+)"/.exec(handshake)?.[1]
  const pings = '1:2'.repeat(25_000)
  const headers = { 'content-type': 'text/plain' }
  assert.equal((await fetch(`${path}&sid=${sid}`, { method: 'POST', body: pings, headers })).status, 200)
  const waiting = fieldsOf(opened[0] ?? assert.fail()).writeBuffer
  assert.ok(Array.isArray(waiting) && waiting.length >= 25_000)
})

test('DEFECT: a WebSocket may ask for ever whether it may take over from polls (`SocketIoLink.follow`)', async (t) => {
  const { open } = await start(t)
  const { client, connection } = await open('polling')
  let probes = 0
  connection.on('upgrading', () => probes++)
  await client.upgrade(Array(20).fill('2probe'))
  assert.equal(probes, 20)
})

test("DEFECT: nobody handles what a connection's listener throws (`openSocketIo` guards it)", async () => {
  const script = `
    import { createServer } from 'node:http'
    import { Server } from 'socket.io'
    const http = createServer()
    const io = new Server(http)
    io.engine.on('connection', () => { throw new Error('thrown') })
    process.on('unhandledRejection', ({ message }) => { console.log('unhandled:', message); process.exit() })
    http.listen(0, '127.0.0.1', () =>
      fetch('http://127.0.0.1:' + http.address().port + '/socket.io/?EIO=4&transport=polling'))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  assert.equal(stdout, 'unhandled: thrown\n')
})
