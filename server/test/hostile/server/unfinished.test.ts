import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEMORY } from '../../../src/transport/index.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareHttp, request } from './bare-http.ts'
import { BareWs, frame, nativeWs, OPCODES, socketIo } from './bare-ws.ts'
import { assertUnharmed, type Fortress, metric, openFortress } from './fortress.ts'

/** A heap that is enough to serve, and too little for what hundreds of unfinished messages once took. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=96' }

/** A peer that has sent something that it will never finish. */
interface Peer {
  readonly written: Promise<unknown>
  end(): void
}

const FRAGMENTS = Buffer.concat([
  frame('x', { isFinal: false }),
  ...Array(15_999).fill(frame('x', { opcode: OPCODES.continuation, isFinal: false })),
])
const CHUNKS = Buffer.from('1\r\nx\r\n'.repeat(30_000))

async function webSocket(url: string, path: string): Promise<Peer> {
  return inFragments(await new BareWs(url, path).opened())
}

function inFragments(ws: BareWs): Peer {
  const written = new Promise((resolve) => ws.socket.write(FRAGMENTS, resolve))
  return { written, end: () => ws.end() }
}

async function body(port: number, path: string): Promise<Peer> {
  const headers = { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' }
  const http = new BareHttp(port).write(request(`POST ${path}`, headers))
  const written = new Promise((resolve) => http.socket.write(CHUNKS, resolve))
  return { written, end: () => http.end() }
}

const UNFINISHED: Readonly<Record<string, (server: Fortress) => Promise<Peer>>> = {
  'messages of Pusher clients in fragments of a byte': ({ url }) =>
    webSocket(url, '/app/test-key?protocol=7'),
  'native messages in fragments of a byte': ({ url }) => nativeWs(url).then(inFragments),
  'Socket.IO messages in fragments of a byte': ({ url }) =>
    webSocket(url, '/socket.io/?EIO=4&transport=websocket'),
  'bodies of shared routes in chunks of a byte': ({ port }) => body(port, '/register'),
  'bodies of one dialect in chunks of a byte': ({ port }) => body(port, '/auth/login'),
}

test('hundreds of peers that finish nothing fit into a small heap', async (t) => {
  const server = await openFortress(t, SMALL_HEAP)
  for (const [name, open] of Object.entries(UNFINISHED)) {
    await t.test(name, async () => {
      const peers = await Promise.all(Array.from({ length: 80 }, () => open(server)))
      await Promise.all(peers.map(({ written }) => written))
      const answer = await until('an answer for somebody else', () => ask(server.url, '/misc/ping'))
      assert.equal(answer.text, 'pong')
      for (const peer of peers) peer.end()
      assertUnharmed(server)
    })
  }
})

const ON = { PARLANCE_RATE_LIMITS: 'on' }
const PIECE = 120 * 1024
const BEGINNING = frame('x'.repeat(PIECE), { isFinal: false })

/** Opens a peer at the address `from` that has sent `PIECE` bytes of something that it will not finish. */
type Hoard = (server: Fortress, from: string) => Promise<{ readonly isClosed: boolean; end(): void }>

const HOARDS: Readonly<Record<string, Hoard>> = {
  'messages of Pusher clients': async ({ url }, from) =>
    (await new BareWs(url, '/app/test-key?protocol=7', {}, from).opened()).write(BEGINNING),
  'native messages': async ({ url }, from) => (await nativeWs(url, { from })).write(BEGINNING),
  'Socket.IO messages': async ({ url }, from) =>
    (await new BareWs(url, '/socket.io/?EIO=4&transport=websocket', {}, from).opened()).write(BEGINNING),
  'packets whose attachments do not come': async ({ url }, from) => {
    const ws = await socketIo(url, from)
    return ws.say(`451-["pingg","${'x'.repeat(PIECE)}",{"_placeholder":true,"num":0}]`)
  },
  bodies: async ({ port }, from) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 2 * PIECE }
    const http = new BareHttp(port, from)
    http.write(request('POST /chat/group/create', headers, ' '.repeat(PIECE)))
    return {
      get isClosed() {
        return http.isEnded || http.isClosed
      },
      end: () => http.end(),
    }
  },
}

test('an address that finishes nothing has a bound of memory, and nobody else pays for it', async (t) => {
  const server = await openFortress(t, ON)
  const enough = Math.ceil(MEMORY.perAddress / PIECE)
  for (const [n, [name, hoard]] of Object.entries(HOARDS).entries()) {
    await t.test(name, async () => {
      const witness = await hoard(server, '127.0.0.1')
      const peers = await Promise.all(
        Array.from({ length: enough + 50 }, () => hoard(server, `127.0.0.${50 + n}`)),
      )
      const left = () => peers.filter(({ isClosed }) => !isClosed)
      await until('the largest to be cut off', () => left().length < enough)
      assert.ok(left().length > enough / 2, 'not more than need be')
      assert.equal(witness.isClosed, false)
      assert.ok((await metric(server.url, 'parlance_memory_cut_offs_total')) > 0, 'an operator sees it')
      for (const peer of [witness, ...peers]) peer.end()
    })
  }
  await t.test('attachments that are too long together', async () => {
    const ws = (await socketIo(server.url)).say('4510-["pingg",{"_placeholder":true,"num":0}]')
    for (let n = 0; n < 2; n++) ws.write(frame('x'.repeat(100_000), { opcode: OPCODES.binary }))
    await ws.closed()
  })
  assertUnharmed(server)
})
