import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { request } from './bare-http.ts'
import { BareWs, frame, OPCODES, socketIo } from './bare-ws.ts'
import { assertUnharmed, type Fortress, openFortress, residentMebibytes } from './fortress.ts'
import { Poller } from './poller.ts'
import { Speaker } from './speaker.ts'
import { openTalk, type Talk } from './talk.ts'

const COMMANDS = 100_000
const PIECE = 500

/**
 * The memory that a flood may add to the server, uncollected garbage included. Unbounded queues took 800 MiB
 * and more, bounded ones take up to 180.
 */
const MEBIBYTES_FOR_A_FLOOD = 400

/** Unbounded polls took 2,500 MiB; bounded ones take 430 to 560, as the garbage collector happens to run. */
const MEBIBYTES_FOR_80_HISTORIES = 1_000

interface Flood {
  readonly socket: Socket
  /** One command, as bytes. */
  readonly command: Buffer
}

type Open = (talk: Talk, server: Fortress) => Promise<Flood>

const flood = ({ socket }: BareWs, text: string | Buffer): Flood => ({
  socket,
  command: typeof text === 'string' ? frame(text) : text,
})

/** So that a few bytes each become many packets. */
const tenOf = (text: string): Buffer => Buffer.concat(Array(10).fill(frame(text)))

/** HTTP requests without waiting for answers, each a history of megabytes. */
async function pipelined(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Flood> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  return { socket, command: request(`GET ${path}`, headers) }
}

async function engineIo3(url: string): Promise<BareWs> {
  const ws = await new BareWs(url, '/socket.io/?EIO=3&transport=websocket').opened()
  await ws.heard('pingInterval')
  return ws
}

async function bareEngine(url: string): Promise<BareWs> {
  const ws = await new BareWs(url, '/socket.io/?EIO=4&transport=websocket').opened()
  await ws.heard('pingInterval')
  return ws
}

/** A WebSocket that never finishes taking over from a poll. */
async function probing(url: string): Promise<BareWs> {
  const poller = await Poller.connect(url)
  const path = `${poller.path.replace('polling', 'websocket')}`
  return new BareWs(url, path).opened()
}

const OVER_WEBSOCKETS: Readonly<Record<string, Open>> = {
  'chatapp commands with long answers': async ({ ann, id }) =>
    flood(await ann.chatapp(), `{"type":"get_messages","conversation_id":${id}}`),
  'chatapp frames that are no commands': async ({ ann }) => flood(await ann.chatapp(), '['),
  'messages to oneself': async ({ ann, id }) =>
    flood(
      await ann.chatapp(),
      `{"type":"send_message","conversation_id":${id},"content":"${'y'.repeat(500)}"}`,
    ),
  'native requests with long answers': async ({ ann, id }) =>
    flood(await ann.nativeSocket(), `{"id":1,"op":"conversation.open","conversation":"c_${id}"}`),
  'native requests that are refused': async ({ ann }) =>
    flood(await ann.nativeSocket(), '{"id":1,"op":"message.send","body":7}'),
  'native messages to oneself': async ({ ann, id }) =>
    flood(
      await ann.nativeSocket(),
      `{"id":1,"op":"message.send","conversation":"c_${id}","clientId":"the same","body":"${'y'.repeat(500)}"}`,
    ),
  'Pusher pings': async (_, { url }) =>
    flood(await new BareWs(url, '/app/test-key?protocol=7').opened(), '{"event":"pusher:ping","data":{}}'),
  'Pusher nonsense': async (_, { url }) =>
    flood(await new BareWs(url, '/app/test-key?protocol=7').opened(), 'nonsense'),
  'WebSocket pings': async ({ ann }) =>
    flood(await ann.chatapp(), frame('x'.repeat(100), { opcode: OPCODES.ping })),
}

const OVER_SOCKET_IO: Readonly<Record<string, Open>> = {
  'groups events': async (_, { url }) => flood(await socketIo(url), `42["pingg","${'x'.repeat(500)}"]`),
  'unknown events': async (_, { url }) => flood(await socketIo(url), '42["__proto__"]'),
  'Socket.IO namespaces that do not exist': async (_, { url }) =>
    flood(await bareEngine(url), tenOf('40/nowhere,')),
  'pings of the old engine.io': async (_, { url }) => flood(await engineIo3(url), tenOf('2')),
  'probes of a transport that never takes over': async (_, { url }) =>
    flood(await probing(url), tenOf('2probe')),
}

const OVER_HTTP: Readonly<Record<string, Open>> = {
  'pipelined requests': async (_, { url }) => pipelined(url, '/misc/ping', {}),
  'pipelined histories of channels': async ({ ann, channel }, { url }) =>
    pipelined(url, `/api/get_message/${channel}`, ann.channels),
  'pipelined histories of rooms': async ({ ann, gid }, { url }) =>
    pipelined(url, `/get-room-history?room_gid=${gid}`, { user: ann.uuid }),
  'pipelined histories of messenger': async ({ ann, id }, { url }) =>
    pipelined(url, `/chat/${id}/messages?limit=100`, ann.messenger),
}

const FLOODS = {
  'over WebSockets': OVER_WEBSOCKETS,
  'over Socket.IO': OVER_SOCKET_IO,
  'over HTTP': OVER_HTTP,
}

/** Writes until all is written, the server no longer reads, or it has cut the flooder off. */
async function pour({ socket, command }: Flood): Promise<'read' | 'slowed' | 'cut'> {
  socket.removeAllListeners('data')
  socket.pause()
  let isCut = false
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isCut = true
  })
  const piece = Buffer.concat(Array(PIECE).fill(command))
  for (let n = 0; n < COMMANDS / PIECE && !isCut; n++) {
    const written = new Promise<string>((resolve) => socket.write(piece, () => resolve('read')))
    const outcome = await Promise.race([written, setTimeout(1_000, 'slowed')])
    if (outcome === 'slowed') return isCut ? 'cut' : 'slowed'
  }
  return isCut ? 'cut' : 'read'
}

/** The longest that somebody else waits for an answer meanwhile. */
async function slowestAnswer(url: string, isOver: () => boolean): Promise<number> {
  let slowest = 0
  while (!isOver()) {
    const startedAt = performance.now()
    assert.equal((await ask(url, '/misc/ping')).text, 'pong')
    slowest = Math.max(slowest, performance.now() - startedAt)
    await setTimeout(20)
  }
  return slowest
}

for (const [front, floods] of Object.entries(FLOODS)) {
  test(`a client that makes a hundred thousand requests ${front} and reads no answer costs little`, async (t) => {
    const server = await openFortress(t)
    const talk = await openTalk(server.url)
    const speaker = await Speaker.start(talk, 8_000)
    await speaker.say(1_000)
    speaker.end()
    const before = await residentMebibytes(server.url)
    let isOver = false
    const waiting = slowestAnswer(server.url, () => isOver)
    const poured = Object.entries(floods).map(async ([name, open]) => {
      const flood = await open(talk, server)
      t.diagnostic(`${name}: ${await pour(flood)}`)
      return flood.socket
    })
    const sockets = await Promise.all(poured)
    const after = await residentMebibytes(server.url)
    isOver = true
    const slowest = await waiting
    t.diagnostic(
      `${before.toFixed()} → ${after.toFixed()} MiB; others waited ${slowest.toFixed()} ms at most`,
    )
    for (const socket of sockets) socket.destroy()
    assert.ok(after - before < MEBIBYTES_FOR_A_FLOOD, `${before} MiB before, ${after} MiB after`)
    assert.ok(slowest < 3_000, `somebody else waited ${slowest} ms`)
    assertUnharmed(server)
  })
}

test('a client that floods a polling session with posts is made to wait, or cut off', async (t) => {
  const server = await openFortress(t)
  const poller = await Poller.connect(server.url)
  const packets = Array(120)
    .fill(`42["pingg","${'x'.repeat(500)}"]`)
    .join('\u001e')
  const before = await residentMebibytes(server.url)
  let refused = 0
  for (let n = 0; n < 300 && refused === 0; n++) {
    const posts = await Promise.all(Array.from({ length: 1 }, () => poller.post(packets).catch(() => 0)))
    refused += posts.filter((status) => status !== 200).length
  }
  const after = await residentMebibytes(server.url)
  t.diagnostic(`${before.toFixed()} → ${after.toFixed()} MiB`)
  assert.ok(refused > 0, 'it is cut off')
  assert.ok(after - before < 150)
  poller.end()
  assertUnharmed(server)
})

test('answers that nobody reads are given up, and others get theirs', async (t) => {
  const server = await openFortress(t)
  const talk = await openTalk(server.url)
  const speaker = await Speaker.start(talk, 8_000)
  await speaker.say(1_000)
  speaker.end()
  const { ann, channel } = talk
  const before = await residentMebibytes(server.url)
  const deaf = await Promise.all(
    Array.from({ length: 80 }, () => pipelined(server.url, `/api/get_message/${channel}`, ann.channels)),
  )
  for (const { socket, command } of deaf) {
    socket.on('error', () => undefined)
    socket.pause()
    socket.write(command)
  }
  let most = 0
  await until(
    'an answer for somebody else',
    async () => {
      most = Math.max(most, await residentMebibytes(server.url))
      const { json } = await ask(server.url, `/api/get_message/${channel}`, undefined, ann.channels)
      return Object.keys(json).length > 0
    },
    20_000,
  )
  t.diagnostic(`${before.toFixed()} → ${most.toFixed()} MiB for 80 histories of 8 MB`)
  assert.ok(most - before < MEBIBYTES_FOR_80_HISTORIES, `${before} MiB before, ${most} MiB at most`)
  for (const { socket } of deaf) socket.destroy()
  assertUnharmed(server)
})
