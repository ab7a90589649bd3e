import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { type Door, guarded, owned } from '../../src/lib/guard.ts'
import {
  createListener,
  createSniffingServer,
  Limits,
  listen,
  plain,
  RequestPipeline,
  SocketIo,
  type SocketIoConnection,
  type UpgradeHandler,
  WsAcceptor,
  type WsHandlers,
} from '../../src/transport/index.ts'
import { EngineClient } from '../support/engine-client.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'
import { until } from '../support/until.ts'

// Each callback that a library calls is made to throw, through the seams that dialects use.

const failures = hearFailures()

/** The callback of the Socket.IO dialect that throws. */
let failing: 'address' | 'connect' | 'knows' | 'close' | 'nothing' = 'nothing'
const failIf = (what: typeof failing): void => {
  if (failing === what) fail()
}

const HTTP: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/handler': fail,
  '/body': (request) => request.on('data', fail),
  '/end': (request) => request.on('end', fail).resume(),
  '/answered': (_request, response) => {
    response.once('finish', fail)
    plain(response, 200, 'so far')
  },
  '/aborted': (request, response) => {
    request.on('close', fail)
    response.write('so far')
  },
}

const acceptor = new WsAcceptor({ maxPayloadBytes: 1024, slow: { code: 4000, reason: 'slow' } })
const echo = (send: (text: string) => void): WsHandlers => ({ onText: send, onClose: () => undefined })
const accept =
  (handlers: (send: (text: string) => void) => WsHandlers): UpgradeHandler =>
  (request, socket, head) =>
    acceptor.accept(request, socket, head, (ws) => handlers((text) => ws.send(text)))
const UPGRADES: Readonly<Record<string, UpgradeHandler>> = {
  '/echo': accept(echo),
  '/handshake': fail,
  '/open': accept(fail),
  '/text': accept((send) => ({ ...echo(send), onText: fail })),
  '/close': accept((send) => ({ ...echo(send), onClose: fail })),
}

const pipeline = new RequestPipeline()
const socketIo = new SocketIo({
  dialects: [
    {
      connect: (connection: SocketIoConnection) => {
        failIf('connect')
        return {
          knows: () => {
            failIf('knows')
            return true
          },
          handle: (event) => connection.emit(event, null),
          onClose: () => failIf('close'),
        }
      },
    },
  ],
  addressOf: () => {
    failIf('address')
    return 'somewhere'
  },
  limits: new Limits(false),
  pipeline,
  onError: (error) => failures.push(['socket_io', error]),
})
const http = createListener({
  handle: (request, response) => {
    const handle = HTTP[request.url ?? '']
    if (handle) handle(request, response)
    else plain(response, 200, 'fine')
  },
  upgradeFor: (path) => UPGRADES[path],
  socketIo,
  pipeline,
})
/** The callback of raw TCP for its next connection. */
let onRaw: (socket: Socket) => void = fail
const raw = createSniffingServer({ onHttp: fail, onRaw: (socket) => onRaw(socket), deadlineMs: 60_000 })

let url = ''
let rawPort = 0
let bystander: WebSocket
before(async () => {
  const port = await listen(http, '127.0.0.1', 0)
  rawPort = await listen(raw, '127.0.0.1', 0)
  url = `http://127.0.0.1:${port}`
  bystander = new WebSocket(`${url.replace('http', 'ws')}/echo`)
  await once(bystander, 'open')
})
after(() => {
  EngineClient.endAll()
  bystander.terminate()
  http.close()
  http.closeAllConnections()
  raw.close()
})
beforeEach(() => {
  failures.length = 0
  failing = 'nothing'
})

/** Asserts that the failure was counted once, at that door, and nobody else noticed it. */
async function othersAreServed(door: Door): Promise<void> {
  await until('the failure to be heard of', () => failures.length > 0)
  failing = 'nothing'
  assert.deepEqual(failures, [[door, BUG]])
  assert.equal(await (await fetch(url)).text(), 'fine')
  bystander.send('hello')
  const [answer] = await once(bystander, 'message')
  assert.equal(String(answer), 'hello')
}

/** Sends a request that is written by hand, and waits for the end of its connection. */
async function asked(path: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const text = `POST ${path} HTTP/1.1\r\nHost: chat\r\nContent-Length: 4\r\n\r\nbody`
  socket.on('error', () => undefined).resume()
  socket.write(text)
  if (path === '/aborted') socket.once('data', () => socket.resetAndDestroy())
  await once(socket, 'close')
}

describe('an error in a callback of a library ends one connection and no other', () => {
  for (const path of Object.keys(HTTP).filter((path) => path !== '/answered'))
    test(`HTTP: ${path.slice(1)}`, async () => {
      await asked(path)
      await othersAreServed('http')
    })

  test('HTTP, when the answer is out', async () => {
    assert.equal(await (await fetch(`${url}/answered`, { method: 'POST' })).text(), 'so far')
    await othersAreServed('http')
  })

  test('HTTP, when the request had to wait for the one before', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined).resume()
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: chat\r\n\r\n`
    socket.write(get('/') + get('/handler'))
    await once(socket, 'close')
    await othersAreServed('http')
  })

  for (const path of ['/handshake', '/open', '/text', '/close'])
    test(`a WebSocket: ${path.slice(1)}`, async () => {
      const ws = new WebSocket(url.replace('http', 'ws') + path)
      ws.on('error', () => undefined)
      ws.on('open', () => {
        if (path === '/text') ws.send('text')
        if (path === '/close') ws.close()
      })
      await new Promise((resolve) => ws.on('close', resolve))
      await othersAreServed(path === '/text' || path === '/close' ? 'websocket' : 'http')
    })

  for (const eio of [3, 4] as const)
    for (const transport of ['polling', 'websocket'] as const) {
      const kind = `Socket.IO, engine.io ${eio} over ${transport}`

      test(`${kind}: the address`, async () => {
        failing = 'address'
        await assert.rejects(EngineClient.open(url, eio, transport))
        await othersAreServed('http')
      })

      test(`${kind}: the connection`, async () => {
        failing = 'connect'
        const client = await EngineClient.open(url, eio, transport)
        await client.send('40')
        await client.over()
        await othersAreServed('socket_io')
      })

      test(`${kind}: an event, whose error the dialect is asked about`, async () => {
        const client = await EngineClient.connect(url, eio, transport)
        failing = 'knows'
        await client.send('42["event"]')
        await othersAreServed('socket_io')
        await client.send('42["another"]')
        await client.hears(/^42\["another"/)
      })

      test(`${kind}: the end`, async () => {
        const client = await EngineClient.connect(url, eio, transport)
        failing = 'close'
        await client.send('41')
        await othersAreServed('socket_io')
      })
    }

  const rawly = async (handle: typeof onRaw, text = 'hello') => {
    onRaw = handle
    const socket = connect(rawPort, '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.write(text)
    if (text === 'bye') setImmediate(() => socket.resetAndDestroy())
    await once(socket, 'close')
    await othersAreServed('tcp')
  }
  test('raw TCP: the connection', () => rawly(fail))
  test('raw TCP: data', () => rawly((socket) => socket.on('data', fail)))
  test('raw TCP: the end', () => rawly((socket) => socket.on('close', fail).resume(), 'bye'))
  test('raw TCP: the handing over to HTTP', () => rawly(() => undefined, 'GET / HTTP/1.1\r\n\r\n'))

  test('an accept that fails', async () => {
    // Without a listener of `error` Node would throw it.
    raw.emit('error', BUG)
    await othersAreServed('tcp')
  })
})

test('a failure of a promise that nobody awaits is reported, and so is one while a connection is ended', async () => {
  owned('timer', Promise.reject(BUG))
  guarded(
    'redis',
    async () => fail(),
    () => fail(),
  )()
  await until('all', () => failures.length === 3)
  assert.deepEqual(
    failures.map(([door]) => door),
    ['timer', 'redis', 'redis'],
  )
})
