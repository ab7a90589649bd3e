import { connect, type Socket } from 'node:net'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { PUSHER } from './fortress.ts'
import { PASSWORD } from './person.ts'
import { Poller } from './poller.ts'
import type { Talk } from './talk.ts'

/** Somebody who listens to a talk: which of the numbered messages came, in what order. */
export interface Ear {
  readonly name: string
  readonly numbers: number[]
  /** The socket that events arrive on; for a poller the HTTP connection of its current poll. */
  readonly socket: Socket
  /** The server has cut it off. */
  isCut(): boolean
  /** The last words of the server, as far as there are any. */
  farewell(): number | string | undefined
  end(): void
}

const NUMBER = /"(\d+):x/g

const note = (text: string, numbers: number[]): void => {
  for (const [, n] of text.matchAll(NUMBER)) numbers.push(Number(n))
}

function earOf(name: string, ws: BareWs): Ear {
  const numbers: number[] = []
  ws.sift = (text) => {
    if (!text.includes(':x')) return false
    note(text, numbers)
    return true
  }
  return {
    name,
    numbers,
    socket: ws.socket,
    isCut: () => ws.isClosed || ws.closeCode !== undefined,
    farewell: () => ws.closeCode,
    end: () => ws.end(),
  }
}

type Listen = (talk: Talk, where: { url: string; tcpPort: number }) => Promise<Ear>

async function listenRaw({ bob, gid }: Talk, { tcpPort }: { tcpPort: number }): Promise<Ear> {
  const socket = connect(tcpPort, '127.0.0.1').setEncoding('utf8')
  const numbers: number[] = []
  let rest = ''
  let isClosed = false
  let hasHeard = false
  socket.on('data', (text: string) => {
    hasHeard = true
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    note(lines.join('\n'), numbers)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isClosed = true
  })
  socket.write(JSON.stringify({ uuid: bob.uuid, room_gid: gid }))
  // The protocol does not say when a client is in: one that is hears the next message.
  await until('the raw listener to be in', async () => {
    await ask(bob.url, '/send-message', { room_gid: gid, msg: 'probe' }, { user: bob.uuid })
    return hasHeard || isClosed
  })
  return {
    name: 'raw TCP',
    numbers,
    socket,
    isCut: () => isClosed,
    farewell: () => (isClosed ? 'closed' : undefined),
    end: () => socket.destroy(),
  }
}

const auth = ({ bob, gid }: Talk) => `["auth",${JSON.stringify({ uuid: bob.uuid, room_gid: gid })}]`

async function listenPusher({ bob, channel }: Talk, { url }: { url: string }): Promise<Ear> {
  const ws = await new BareWs(url, `/app/${PUSHER.PUSHER_KEY}?protocol=7`).opened()
  const socketId = /\d+\.\d+/.exec(await ws.heard('established'))?.[0]
  const signed = { channel_name: channel, socket_id: socketId }
  const { json } = await ask(url, '/api/pusher/auth', signed, bob.channels)
  ws.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth: json.auth } }))
  await ws.heard('subscription_succeeded')
  // Pusher writes the message as JSON within JSON.
  const ear = earOf('Pusher', ws)
  ws.sift = (text) => {
    if (!text.includes(':x')) return false
    note(text.replaceAll('\\"', '"'), ear.numbers)
    return true
  }
  return ear
}

async function listenPolling(talk: Talk, { url }: { url: string }): Promise<Ear> {
  const poller = await Poller.connect(url)
  const numbers: number[] = []
  poller.onPacket = (packet) => note(packet, numbers)
  await poller.post(`420${auth(talk)}`)
  await poller.heard('430')
  void poller.pollOn()
  return {
    name: 'rooms over polling',
    numbers,
    socket: poller.socket,
    isCut: () => poller.isOver,
    farewell: () => (poller.isOver ? 'closed' : undefined),
    end: () => poller.end(),
  }
}

/** Every way there is to listen to a private conversation. */
export const LISTEN: Readonly<Record<string, Listen>> = {
  'raw TCP': listenRaw,
  native: async ({ bob }) => earOf('native', await bob.nativeSocket()),
  chatapp: async ({ bob }) => earOf('chatapp', await bob.chatapp()),
  'rooms over WebSocket': async (talk, { url }) => {
    const ws = await socketIo(url)
    await ws.say(`420${auth(talk)}`).heard('430')
    return earOf('rooms over WebSocket', ws)
  },
  'groups over WebSocket': async ({ bob, gid }, { url }) => {
    const ws = await socketIo(url)
    const request = { username: bob.username, password: PASSWORD, group_name: gid }
    await ws.say(`42${JSON.stringify(['enter_group', request])}`).heard('"enter_group"')
    return earOf('groups over WebSocket', ws)
  },
  'rooms over polling': listenPolling,
  Pusher: listenPusher,
}
