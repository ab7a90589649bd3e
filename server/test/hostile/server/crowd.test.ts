import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { SUBPROTOCOL } from '@parlance/protocol'
import { until } from '../../support/until.ts'
import { request } from './bare-http.ts'
import { socketIo } from './bare-ws.ts'
import { LISTEN } from './ears.ts'
import { assertUnharmed, metric, openDescriptors, openFortress } from './fortress.ts'
import { Speaker, upTo } from './speaker.ts'
import { openTalk } from './talk.ts'

const WANTED = 5_000
/** Open files that this process and the server need beside the crowd. */
const SPARE = 500

/** The sockets that one process may have, as the server inherits it. */
function limit(): number {
  const soft = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? 1024)
}

const SIZE = Math.min(WANTED, limit() - SPARE)
if (SIZE < WANTED) {
  console.error(
    `ONLY ${SIZE} SOCKETS: the machine's limit of open files is below ${WANTED + SPARE} (ulimit -n)`,
  )
}

type Arrival = (socket: Socket) => void

const handshake = (path: string, headers: Readonly<Record<string, string>> = {}): Buffer =>
  request(`GET ${path}`, {
    ...headers,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': 13,
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  })

/** First acts of the clients that come to the main port. */
const ARRIVALS: readonly Arrival[] = [
  () => undefined,
  (socket) => socket.write(request('GET /misc/ping')),
  (socket) => socket.write('GET /misc/pi'),
  (socket) => socket.write(handshake('/ws')),
  (socket) => socket.write(handshake('/v1/socket', { 'Sec-WebSocket-Protocol': SUBPROTOCOL })),
  (socket) => socket.write(handshake('/app/test-key?protocol=7')),
  (socket) => socket.write(handshake('/socket.io/?EIO=4&transport=websocket')),
  (socket) => socket.write(request('GET /socket.io/?EIO=4&transport=polling')),
]
const RAW_ARRIVALS: readonly Arrival[] = [
  () => undefined,
  (socket) => socket.write('{"uuid": '),
  (socket) => socket.write('{"uuid": "x", "room_gid": "y"}'),
  (socket) => socket.write(request('GET /misc/ping')),
]

class Crowd {
  readonly #sockets: Socket[] = []
  arrived = 0

  come(port: number, arrive: Arrival): void {
    const socket = connect(port, '127.0.0.1', () => {
      this.arrived++
      arrive(socket)
    })
    socket.on('error', () => undefined)
    socket.resume()
    this.#sockets.push(socket)
  }

  go(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

test(`${SIZE} sockets that come at once do no harm, and are all released`, async (t) => {
  const server = await openFortress(t)
  const { url, port, tcpPort } = server
  const talk = await openTalk(url)
  const witnesses = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  const speaker = await Speaker.start(talk, 100)
  await (await socketIo(url)).end()
  const before = await openDescriptors(url)

  const crowd = new Crowd()
  t.after(() => crowd.go())
  for (let n = 0; n < SIZE; n++) {
    const isRaw = n % 4 === 0
    const arrivals = isRaw ? RAW_ARRIVALS : ARRIVALS
    crowd.come(isRaw ? tcpPort : port, arrivals[Math.floor(n / 4) % arrivals.length] ?? (() => undefined))
  }
  const startedAt = performance.now()
  await speaker.say(300, 1)
  const took = performance.now() - startedAt
  await until('all to have come', () => crowd.arrived === SIZE, 15_000)
  t.diagnostic(`300 messages, one after another, in ${took.toFixed()} ms meanwhile`)
  await speaker.say(100, 1)
  for (const { name, numbers } of witnesses) {
    await until(`${name} to have heard all`, () => numbers.length === 400)
    assert.deepEqual(numbers, upTo(400), name)
  }

  crowd.go()
  await until('every descriptor', async () => (await openDescriptors(url)) <= before + 5, 10_000)
  for (const ear of [...witnesses, speaker]) ear.end()
  await until('every connection', async () => (await metric(url, 'parlance_connections')) === 0)
  assertUnharmed(server)
})
