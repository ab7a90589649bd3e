import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { until } from '../../support/until.ts'
import { BareWs } from './bare-ws.ts'
import { PUSHER } from './fortress.ts'
import { Poller } from './poller.ts'

export const PASSWORD = 'correct horse'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Without a field when the answer is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>
}

export async function ask(
  url: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const json = body !== undefined && { 'content-type': 'application/json' }
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Answer['json'] {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** One person with the credentials of every dialect. */
export class Person {
  /** Where the server is: after a restart, elsewhere. */
  url: string
  readonly username: string
  id = 0
  /** Of rooms. */
  uuid = ''
  /** Of chatapp. */
  cookie = ''
  /** Of messenger and of channels. */
  messenger = { authorization: '' }
  channels = { authorization: '' }

  private constructor(url: string, username: string) {
    this.url = url
    this.username = username
  }

  static async register(url: string, hint: string): Promise<Person> {
    const person = new Person(url, `${hint}-${randomBytes(5).toString('hex')}`)
    const { username } = person
    const account = { username, email: `${username}@example.org`, password: PASSWORD }
    assert.equal((await ask(url, '/register', account)).status, 200)
    await person.logIn()
    return person
  }

  async logIn(): Promise<void> {
    const { url, username } = this
    const credentials = { username, password: PASSWORD }
    const [rooms, chatapp, messenger, channels] = await Promise.all([
      ask(url, '/login', { login: username, password: PASSWORD }),
      ask(url, '/auth/login', credentials),
      ask(url, '/login', { usernameOrEmail: username, password: PASSWORD }),
      ask(url, '/api/login', credentials),
    ])
    this.uuid = (rooms.json.data as { uuid: string }).uuid
    this.cookie = chatapp.headers.get('set-cookie')?.split(';')[0] ?? ''
    this.messenger = { authorization: `Bearer ${messenger.json.access_token}` }
    const { id, token } = channels.json.data as { id: number; token: string }
    this.id = id
    this.channels = { authorization: `Bearer ${token}` }
  }

  /** A chatapp WebSocket that is heard of. */
  async chatapp(): Promise<BareWs> {
    const ws = await new BareWs(this.url, '/ws', { Cookie: this.cookie }).opened()
    await ws.say('{"type":"ping"}').heard('"pong"')
    return ws
  }
}

export async function socketIo(url: string): Promise<BareWs> {
  const ws = await new BareWs(url, '/socket.io/?EIO=4&transport=websocket').opened()
  await ws.heard('pingInterval')
  await ws.say('40').heard('40{')
  return ws
}

/** A private conversation of two, by every name it has. */
export interface Talk {
  readonly ann: Person
  readonly bob: Person
  readonly id: number
  readonly gid: string
  /** Of Pusher. */
  readonly channel: string
}

export async function openTalk(url: string): Promise<Talk> {
  const [ann, bob] = await Promise.all([Person.register(url, 'ann'), Person.register(url, 'bob')])
  const opened = await ask(url, '/api/request_chat', { from_user: ann.id, to_user: bob.id }, ann.channels)
  const { json } = await ask(url, '/user/chats', undefined, ann.messenger)
  const [chat] = json.chats as { id: number }[]
  const groups = await socketIo(url)
  groups.say(`42${JSON.stringify(['find_user', { username: ann.username, password: PASSWORD }])}`)
  const found = JSON.parse((await groups.heard('user_found')).slice(2))
  groups.end()
  return {
    ann,
    bob,
    id: chat?.id ?? 0,
    gid: found[1].group_list[0],
    channel: String(opened.json.channel_name),
  }
}

/** Somebody who listens to a talk: which of the numbered messages came, in what order. */
export interface Ear {
  readonly name: string
  readonly numbers: number[]
  /** Of what is listened with; the HTTP connection of a poll under way. */
  readonly socket: Socket
  /** The server has cut it off. */
  isCut(): boolean
  /** The last words of the server, as far as there are any. */
  farewell(): number | string | undefined
  end(): void
}

const NUMBER = /"(\d+):x/g

/** A message by which it is known whether one is missing. */
export const numbered = (n: number, bytes: number): string => `${n}:${'x'.repeat(bytes)}`

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
  // The protocol does not say when one is in: whoever is hears the next message.
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

/** Sends numbered messages, a window of them at a time, and answers how many were acknowledged. */
export class Speaker {
  readonly #ws: BareWs
  readonly #talk: Talk
  readonly #bytes: number
  acknowledged = 0
  #said = 0

  private constructor(ws: BareWs, talk: Talk, bytes: number) {
    this.#ws = ws
    this.#talk = talk
    this.#bytes = bytes
    ws.sift = (text) => {
      if (!text.includes(':x')) return false
      this.acknowledged++
      return true
    }
  }

  static async start(talk: Talk, bytes: number): Promise<Speaker> {
    return new Speaker(await talk.ann.chatapp(), talk, bytes)
  }

  /** `count` more messages, all acknowledged. */
  async say(count: number, window = 50): Promise<void> {
    const { id } = this.#talk
    const goal = this.#said + count
    while (this.#said < goal) {
      await until('acknowledgements', () => this.#said - this.acknowledged < window, 20_000)
      const content = numbered(this.#said++, this.#bytes)
      this.#ws.say(JSON.stringify({ type: 'send_message', conversation_id: id, content }))
    }
    await until('all acknowledgements', () => this.acknowledged === goal, 20_000)
  }

  end(): void {
    this.#ws.end()
  }
}

/** What was said so far, in order. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
