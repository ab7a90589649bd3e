import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { KEYS } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import { EngineClient } from '../support/engine-client.ts'
import { endWithUs } from '../support/process.ts'
import { RawListener, RoomsPerson } from '../support/rooms.ts'
import { until } from '../support/until.ts'

// The rules of docs/memory.md are easily undone by tidying up. Live objects are counted, not the process's memory: runs
// differ by a few percent. Each bound is a seventh above the median.

/** Connections that bring code and buffers into memory, and those that are measured. */
const FIRST = 50
const MEASURED = 200

let child: ChildProcess
let url = ''
let tcpPort = 0

before(async () => {
  child = fork(join(import.meta.dirname, 'memory-server.ts'), [JSON.stringify(KEYS)])
  endWithUs(child)
  const [{ url: at, tcpPort: port }] = await once(child, 'message')
  url = at
  tcpPort = port
})
after(() => {
  EngineClient.endAll()
  child.kill()
})

async function liveBytes(): Promise<number> {
  const answered = once(child, 'message')
  child.send('measure')
  return (await answered)[0].bytes
}

/** Bytes that each connection adds to the live objects of the server. */
async function bytesEach(connect: (n: number) => Promise<unknown>): Promise<number> {
  for (let n = 0; n < FIRST; n++) await connect(n)
  const without = await liveBytes()
  for (let n = FIRST; n < FIRST + MEASURED; n++) await connect(n)
  return ((await liveBytes()) - without) / MEASURED
}

const close: (() => void)[] = []
after(() => {
  for (const each of close) each()
})

/** Long as a browser's, and of no use once the handshake is done. */
const headers = { 'user-agent': 'Mozilla/5.0 '.repeat(40) }

async function webSocket(path: string, more: Readonly<Record<string, string>> = {}): Promise<WebSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers: { ...headers, ...more } })
  close.push(() => ws.terminate())
  await once(ws, 'open')
  return ws
}

/** Raw connections whose handshake was accepted: the protocol does not say so. */
async function countOfRooms(): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^parlance_connections\{dialect="rooms"\} (\d+)$/m.exec(metrics)?.[1] ?? 0)
}

const CONVERSATIONS = 50

/** A token of an account that is in so many conversations. */
async function nativeToken(): Promise<string> {
  const post = async (
    path: string,
    body: object,
    token?: string,
  ): Promise<{ session: { token: string } }> => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    })
    assert.equal(answer.status, 201, await answer.clone().text())
    return (await answer.json()) as { session: { token: string } }
  }
  const { session } = await post('accounts', { username: 'nat', password: 'correct horse battery' })
  for (let n = 0; n < CONVERSATIONS; n++)
    await post('conversations', { kind: 'group', name: `c${n}`, members: [] }, session.token)
  return session.token
}

async function liveNative(token: string): Promise<void> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`, 'parlance.v1', { headers })
  close.push(() => ws.terminate())
  const live = new Promise<void>((resolve) => {
    ws.on('message', (frame) => {
      if (String(frame) === '{"op":"live"}') resolve()
    })
  })
  await once(ws, 'open')
  ws.send(JSON.stringify({ op: 'hello', token }))
  await live
}

interface Kind {
  readonly name: string
  readonly maxBytes: number
  readonly prepare: () => Promise<(n: number) => Promise<unknown>>
}

const KINDS: readonly Kind[] = [
  {
    name: 'a WebSocket of chatapp',
    maxBytes: 6_100,
    prepare: async () => {
      const http = new ChatappHttp(url)
      const cookie = await http.login(await http.register('ann'))
      return () => webSocket('/ws', { cookie })
    },
  },
  {
    name: 'a WebSocket of native, in 50 conversations',
    maxBytes: 9_400,
    prepare: async () => {
      const token = await nativeToken()
      return () => liveNative(token)
    },
  },
  {
    name: 'a raw socket of rooms',
    maxBytes: 4_800,
    prepare: async () => {
      const person = await new RoomsPerson(url, 'ann').register()
      const gid = await person.createRoom()
      const handshake = JSON.stringify({ uuid: person.uuid, room_gid: gid })
      return async (n) => {
        const { socket } = new RawListener(tcpPort).write(handshake)
        close.push(() => socket.destroy())
        await until('it to be in the room', async () => (await countOfRooms()) > n)
      }
    },
  },
  {
    name: 'a WebSocket of Socket.IO',
    maxBytes: 17_000,
    prepare: async () => () => EngineClient.connect(url, 4, 'websocket'),
  },
  {
    name: 'a WebSocket of Pusher',
    maxBytes: 6_300,
    prepare: async () => () => webSocket(`/app/${KEYS.PUSHER_KEY}?protocol=7`),
  },
]

describe('an idle connection keeps little', () => {
  for (const { name, maxBytes, prepare } of KINDS)
    test(name, async (t) => {
      const bytes = await bytesEach(await prepare())
      t.diagnostic(`${Math.round(bytes)} bytes`)
      assert.ok(bytes < maxBytes, `${Math.round(bytes)} bytes each, ${maxBytes} at most`)
    })
})
