import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { ChatappHttp } from '../../support/chatapp.ts'
import { until } from '../../support/until.ts'
import { BareWs, frame, nativeWs, OPCODES } from './bare-ws.ts'
import { assertUnharmed, type Fortress, openFortress, residentMebibytes } from './fortress.ts'
import { Person } from './person.ts'

/** A kind of WebSocket that the server has, greeted and ready. */
interface Target {
  readonly name: string
  open(headers?: Readonly<Record<string, string>>): Promise<BareWs>
  /** A request that is answered at once; `answer` is a part of its answer. */
  readonly question: string
  readonly answer: string
}

async function targetsOf({ url }: Fortress): Promise<readonly Target[]> {
  const chatapp = new ChatappHttp(url)
  const cookie = await chatapp.login(await chatapp.register('ann'))
  const { native: token } = await Person.register(url, 'ann')
  const greeted = async (ws: BareWs, greeting: string) => {
    await (await ws.opened()).heard(greeting)
    return ws
  }
  return [
    {
      name: 'chatapp',
      open: (headers) => new BareWs(url, '/ws', { Cookie: cookie, ...headers }).opened(),
      question: '{"type":"ping"}',
      answer: '"pong"',
    },
    {
      name: 'native',
      open: async (headers) => {
        const ws = await nativeWs(url, headers ? { headers } : {})
        return greeted(ws.say(JSON.stringify({ op: 'hello', token })), '"live"')
      },
      question: '{"id":1,"op":"ping"}',
      answer: '"re":1',
    },
    {
      name: 'Pusher',
      open: (headers) => greeted(new BareWs(url, '/app/test-key?protocol=7', headers), 'established'),
      question: '{"event":"pusher:ping","data":{}}',
      answer: 'pusher:pong',
    },
    {
      name: 'Socket.IO',
      open: async (headers) => {
        const path = '/socket.io/?EIO=4&transport=websocket'
        const ws = await greeted(new BareWs(url, path, headers), 'pingInterval')
        return greeted(ws.say('40'), '40{')
      },
      question: '42["pingg","x"]',
      answer: 'pongg',
    },
  ]
}

const VIOLATIONS: Readonly<Record<string, readonly [code: number, ...frames: Buffer[]]>> = {
  'a frame that is too long': [1009, frame('x'.repeat(200_000))],
  'one announced as endless': [1009, frame('x', { length: 2n ** 40n })],
  'one longer than a number can say': [1009, frame('x', { length: 2n ** 63n - 1n })],
  'fragments that are too long together': [
    1009,
    frame('', { isFinal: false }),
    ...Array(5).fill(frame('x'.repeat(40_000), { opcode: OPCODES.continuation, isFinal: false })),
  ],
  'a message in more pieces than anyone needs': [
    1008,
    frame('{', { isFinal: false }),
    ...Array(200).fill(frame('x', { opcode: OPCODES.continuation, isFinal: false })),
  ],
  'pieces of nothing without an end': [
    1008,
    frame('', { isFinal: false }),
    ...Array(200).fill(frame('', { opcode: OPCODES.continuation, isFinal: false })),
  ],
  'text that is not UTF-8': [1007, frame(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
  'a surrogate written in UTF-8': [1007, frame(Buffer.from([0xed, 0xa0, 0x80]))],
  'a frame without a mask': [1002, frame('{}', { isMasked: false })],
  'a compressed frame': [1002, frame(deflateRawSync(Buffer.alloc(10_000_000)), { reserved: 4 })],
  'a reserved bit': [1002, frame('{}', { reserved: 1 })],
  'an unknown opcode': [1002, frame('{}', { opcode: 3 })],
  'a continuation of nothing': [1002, frame('{}', { opcode: OPCODES.continuation })],
  'a beginning within another': [1002, frame('{', { isFinal: false }), frame('}')],
  'a ping that is too long': [1002, frame('x'.repeat(126), { opcode: OPCODES.ping })],
  'a ping in fragments': [1002, frame('x', { opcode: OPCODES.ping, isFinal: false })],
  'a close code that is none': [1002, frame(Buffer.from([0, 1]), { opcode: OPCODES.close })],
  'a close reason that is not UTF-8': [
    1007,
    frame(Buffer.from([0x03, 0xe8, 0xff]), { opcode: OPCODES.close }),
  ],
}

test('WebSockets under attack', { concurrency: true }, async (t) => {
  const server = await openFortress(t)
  const targets = await targetsOf(server)

  const perTarget = targets.map((target) =>
    t.test(target.name, { concurrency: true }, async (t) => {
      const witness = await target.open()
      const asked = Object.entries(VIOLATIONS).map(([violation, [code, ...frames]]) =>
        t.test(`closes with ${code} for ${violation}`, async () => {
          const ws = (await target.open()).write(...frames)
          assert.equal(await ws.closed(), code)
          ws.end()
        }),
      )
      asked.push(
        t.test('puts fragments together, whatever comes between them', async () => {
          const ws = await target.open()
          const pieces = [...target.question]
          const last = pieces.pop() ?? ''
          ws.write(
            frame('', { isFinal: false }),
            ...pieces.flatMap((piece) => [
              frame(piece, { opcode: OPCODES.continuation, isFinal: false }),
              frame('between', { opcode: OPCODES.ping }),
            ]),
            frame(last, { opcode: OPCODES.continuation }),
          )
          await ws.heard(target.answer)
          const pongs = ws.frames.filter(({ opcode }) => opcode === OPCODES.pong)
          assert.equal(pongs.length, pieces.length)
          ws.end()
        }),
        t.test('agrees on no compression', async () => {
          const ws = await target.open({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })
          assert.doesNotMatch(ws.head, /extensions/i)
          ws.end()
        }),
        t.test('lets those be who stop in the middle of a frame, and those go who vanish there', async () => {
          const half = frame(target.question).subarray(0, 9)
          const stays = (await target.open()).write(half)
          const vanishes = (await target.open()).write(half)
          vanishes.end()
          const other = (await target.open()).say(target.question)
          await other.heard(target.answer)
          assert.equal(stays.isClosed, false)
          for (const ws of [stays, other]) ws.end()
        }),
        t.test('cuts off who floods it with pings and reads no pong', async () => {
          const flooder = await target.open()
          flooder.socket.pause()
          const pings = Buffer.concat(Array(2_000).fill(frame('x'.repeat(125), { opcode: OPCODES.ping })))
          let isCut = false
          flooder.socket.on('error', () => {
            isCut = true
          })
          for (let n = 0; n < 400 && !isCut; n++) {
            await new Promise<void>((resolve) => flooder.socket.write(pings, () => resolve()))
          }
          await until('the cut', () => isCut || flooder.isClosed)
        }),
      )
      await Promise.all(asked)
      await witness.say(target.question).heard(target.answer)
      witness.end()
    }),
  )
  await Promise.all(perTarget)
  assert.ok((await residentMebibytes(server.url)) < 400)
  assertUnharmed(server)
})
