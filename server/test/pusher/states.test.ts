import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { BareWs, frame as frameOf, OPCODES } from '../hostile/server/bare-ws.ts'
import { deep } from '../support/deep.ts'
import { until } from '../support/until.ts'
import { CREDENTIALS, sign, startPusher } from './pusher-world.ts'

// Connections in any state are told anything, in any order. A failure that a guard catches fails the test as well.

const world = await startPusher()
const { url, server, library } = world
after(() => world.close())

const PATH = `/app/${CREDENTIALS.key}?protocol=7&client=test&version=1.0`

interface Peer {
  readonly ws: BareWs
  readonly socketId: string
}
interface Peers {
  readonly all: Peer[]
}
interface Model {
  opened: number
}
type Command = fc.AsyncCommand<Model, Peers, true>

const MOST = 3

class Open implements Command {
  check = async (model: Model): Promise<boolean> => model.opened < MOST

  async run(model: Model, { all }: Peers): Promise<void> {
    model.opened++
    const ws = await new BareWs(url, PATH).opened()
    const established = JSON.parse(await ws.heard('connection_established'))
    all.push({ ws, socketId: JSON.parse(established.data).socket_id })
  }

  toString = (): string => 'open'
}

class Act implements Command {
  readonly name: string
  readonly at: number
  readonly act: (peer: Peer) => void

  constructor(name: string, at: number, act: Act['act']) {
    this.name = name
    this.at = at
    this.act = act
  }

  check = async (model: Model): Promise<boolean> => model.opened > 0

  async run(_model: Model, { all }: Peers): Promise<void> {
    const peer = all[this.at % all.length]
    if (peer) this.act(peer)
  }

  toString = (): string => `${this.name} of ${this.at}`
}

const CHANNELS = [
  'open',
  'private-a',
  'presence-a',
  'private-encrypted-a',
  'cache-a',
  'presence-cache-a',
  '#server-to-user-u',
  '',
]
const MEMBER = JSON.stringify({ user_id: 'u', user_info: { name: 'U' } })

const say = (event: string, data: unknown, channel?: string): Buffer =>
  frameOf(JSON.stringify({ event, data, channel }))

const subscribe =
  (channel: string, isSigned: boolean) =>
  ({ ws, socketId }: Peer): void => {
    const member = channel.startsWith('presence-') ? { channel_data: MEMBER } : {}
    const auth = sign(isSigned ? socketId : '1.1', channel, member.channel_data)
    ws.write(say('pusher:subscribe', { channel, auth, ...member }))
  }

const signIn =
  (isSigned: boolean) =>
  ({ ws, socketId }: Peer): void => {
    const answer = library.authenticateUser(isSigned ? socketId : '1.1', { id: 'u', watchlist: ['v'] })
    ws.write(say('pusher:signin', answer))
  }

/** Frames that WebSocket allows in certain places only, or nowhere. */
const FRAMES: Readonly<Record<string, Buffer>> = {
  ping: frameOf('', { opcode: OPCODES.ping }),
  'an unasked pong': frameOf('', { opcode: OPCODES.pong }),
  close: frameOf(Buffer.from([3, 232]), { opcode: OPCODES.close }),
  'half a frame': frameOf('{"event":"pusher:ping","data":{}}').subarray(0, 11),
  'a first fragment': frameOf('{"event":"pusher:pi', { isFinal: false }),
  'a last fragment': frameOf('ng","data":{}}', { opcode: OPCODES.continuation }),
  binary: frameOf(Buffer.from([0, 255]), { opcode: OPCODES.binary }),
  'no mask': frameOf('{}', { isMasked: false }),
  'a reserved bit': frameOf('{}', { reserved: 4 }),
  'no text': frameOf(Buffer.from([0xff, 0xfe])),
}

const act = (name: string, doing: Act['act']): fc.Arbitrary<Act> =>
  fc.nat(MOST - 1).map((at) => new Act(name, at, doing))

const commands = fc.commands<Model, Peers, true>(
  [
    fc.constant(new Open()),
    ...CHANNELS.flatMap((channel) => [
      act(`subscribing to ${channel}`, subscribe(channel, true)),
      act(`unsubscribing from ${channel}`, ({ ws }) => ws.write(say('pusher:unsubscribe', { channel }))),
      act(`an event on ${channel}`, ({ ws }) => ws.write(say('client-e', { x: 1 }, channel))),
    ]),
    act('a wrong signature', subscribe('private-a', false)),
    act('coming and going at once', (peer) => {
      subscribe('presence-a', true)(peer)
      peer.ws.write(say('pusher:unsubscribe', { channel: 'presence-a' }))
    }),
    act('signing in', signIn(true)),
    act('signing in wrongly', signIn(false)),
    act('a ping', ({ ws }) => ws.write(say('pusher:ping', {}))),
    act('what is no message', ({ ws }) => ws.write(frameOf('[1]'), frameOf('{'), frameOf('{"event":1}'))),
    ...Object.entries(FRAMES).map(([name, bytes]) => act(name, ({ ws }) => ws.write(bytes))),
    act('an end', ({ ws }) => ws.socket.end()),
    act('an abort', ({ ws }) => ws.end()),
    act('a termination by the application', () => server.terminateUser('u')),
  ],
  { maxCommands: 20 },
)

async function isServed(): Promise<void> {
  const client = await world.raw().opened()
  await client.subscribed('presence-a', JSON.stringify({ user_id: 'fresh' }))
  await client.close()
}

test('any order of Pusher clients’ acts leaves others served and nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      const peers: Peers = { all: [] }
      await fc.asyncModelRun(() => ({ model: { opened: 0 }, real: peers }), steps)
      await isServed()
      for (const { ws } of peers.all) ws.end()
    }),
    // Interrupted before its first case a property fails, as it did after 5 s on a busy machine.
    { numRuns: deep(80), interruptAfterTimeLimit: deep(60_000) },
  )
  await until('no connection to be counted', () => server.countConnections() === 0)
  await until('no channel to be occupied', async () => {
    const answer = await library.get({ path: '/channels' })
    return Object.keys(((await answer.json()) as { channels: object }).channels).length === 0
  })
  assert.equal(server.countConnections(), 0)
})
