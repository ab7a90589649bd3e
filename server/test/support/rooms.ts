import { connect, type Socket } from 'node:net'
import { io as io4 } from 'socket.io-client'
import io2 from 'socket.io-client-2'
import { until } from './until.ts'

interface RoomsAnswer {
  readonly ok: boolean
  readonly data?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

export interface RoomsMessage {
  readonly sender: { readonly uuid: string; readonly username: string }
  readonly msg: { readonly msgId: number; readonly txt: string; readonly timestamp: number }
}

export const ROOMS_UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/
export const ROOMS_GID = /^[a-km-zA-HJ-NP-Z2-9]{8}$/

/** The uuid of no session, and the gid of no room. */
export const NOBODY = '00000000-0000-4000-8000-000000000000'
export const NOWHERE = 'zzzzzzzz'

export const refusal = (code: number, message: string): RoomsAnswer => ({
  ok: false,
  error: { code, message },
})
export const UNKNOWN_USER = refusal(400, 'Unknown user')
export const UNKNOWN_ROOM = refusal(404, 'Unknown room')

let people = 0

/** A name that no other run or test has used. */
export const uniqueName = (base: string): string =>
  `${base}-${process.pid}-${Date.now().toString(36)}-${++people}`

type Body = string | Buffer | object

export async function ask(url: string, path: string, init: RequestInit & { body?: string | Buffer } = {}) {
  const response = await fetch(url + path, init)
  const answer = (await response.json()) as RoomsAnswer
  return { status: response.status, headers: response.headers, answer }
}

/** Posts and answers with the JSON; whatever happens the status is 200. */
export async function post(url: string, path: string, body: Body, headers: Record<string, string> = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return (await ask(url, path, { method: 'POST', body: raw, headers })).answer
}

/** Someone with a rooms login. */
export class RoomsPerson {
  readonly url: string
  readonly login: string
  readonly username: string
  readonly password = 'correct horse'
  /** The secret of the last login. */
  uuid = ''

  constructor(url: string, name: string) {
    this.url = url
    this.login = uniqueName(name)
    this.username = `${name} the person`
  }

  async register(): Promise<this> {
    const { login, password, username } = this
    const answer = await post(this.url, '/register', { login, password, username })
    if (!answer.ok) throw new Error(answer.error?.message)
    this.uuid = await this.logIn()
    return this
  }

  async logIn(): Promise<string> {
    const { login, password } = this
    const { data } = await post(this.url, '/login', { login, password })
    return (data as { uuid: string }).uuid
  }

  async createRoom(): Promise<string> {
    const { data } = await post(this.url, '/create-room', {}, { user: this.uuid })
    return (data as { room_gid: string }).room_gid
  }

  send(gid: string, msg: string): Promise<RoomsAnswer> {
    return post(this.url, '/send-message', { room_gid: gid, msg }, { user: this.uuid })
  }

  async history(gid: string, query = '', uuid = this.uuid): Promise<readonly RoomsMessage[]> {
    const { answer } = await ask(this.url, `/get-room-history?room_gid=${gid}${query}`, {
      headers: { user: uuid },
    })
    return answer.data as readonly RoomsMessage[]
  }

  /** The uuid that others see of this person: asks a witness in a new room. */
  async publicUuid(): Promise<string> {
    const witness = await new RoomsPerson(this.url, 'witness').register()
    const gid = await this.createRoom()
    await this.send(gid, 'it is me')
    const [message] = await witness.history(gid)
    return message?.sender.uuid ?? ''
  }
}

export const register = (url: string, name: string): Promise<RoomsPerson> =>
  new RoomsPerson(url, name).register()

/** A raw TCP client: what it heard, and whether it is closed. */
export class RawListener {
  readonly socket: Socket
  heard = ''
  isClosed = false

  constructor(port: number, host = '127.0.0.1', options: { readonly allowHalfOpen?: boolean } = {}) {
    this.socket = connect({ port, host, ...options })
    this.socket.setEncoding('utf8')
    this.socket.on('data', (text) => {
      this.heard += text
    })
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.isClosed = true
    })
  }

  write(bytes: string | Buffer): this {
    this.socket.write(bytes)
    return this
  }

  get messages(): RoomsMessage[] {
    return this.heard
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  get texts(): string[] {
    return this.messages.map(({ msg }) => msg.txt)
  }

  closed(withinMs?: number): Promise<true> {
    return until('the server to close the socket', () => this.isClosed, withinMs) as Promise<true>
  }

  /** The protocol does not say when a handshake is accepted: a client that is in hears the next probe. */
  async entered(by: RoomsPerson, gid: string): Promise<this> {
    await until('the socket to be in the room', async () => {
      await by.send(gid, 'probe')
      return this.isClosed || this.heard.endsWith('\n')
    })
    if (this.isClosed) throw new Error('refused')
    const last = (await by.history(gid)).at(-1)?.msg.msgId
    // Others may be probing the same room: theirs may come after.
    await until('the last probe', () => this.messages.some(({ msg }) => msg.msgId === last))
    this.heard = ''
    return this
  }

  end(): void {
    this.socket.destroy()
  }
}

const CLIENTS = {
  'Socket.IO 4, WebSocket only': (url: string) => io4(url, { ...ONCE, transports: ['websocket'] }),
  'Socket.IO 4, polling first': (url: string) => io4(url, ONCE),
  'Socket.IO 2, WebSocket only': (url: string) => io2(url, { ...ONCE, transports: ['websocket'] }),
  'Socket.IO 2, polling first': (url: string) => io2(url, ONCE),
} as const
const ONCE = { forceNew: true, reconnection: false }

export type SocketIoKind = keyof typeof CLIENTS
export const SOCKET_IO_KINDS = Object.keys(CLIENTS) as SocketIoKind[]

/** A Socket.IO client: what happened to it, in order. */
export class SocketIoListener {
  readonly log: (readonly [what: string, payload?: unknown])[] = []
  readonly socket: ReturnType<(typeof CLIENTS)[SocketIoKind]>
  isDisconnected = false

  constructor(url: string, kind: SocketIoKind = 'Socket.IO 4, WebSocket only') {
    this.socket = CLIENTS[kind](url)
    for (const event of ['join_room', 'leave_room', 'message']) {
      this.socket.on(event, (payload: unknown) => this.log.push([event, payload]))
    }
    this.socket.on('disconnect', (reason: unknown) => {
      this.isDisconnected = true
      this.log.push(['disconnect', reason])
    })
  }

  /** Resolves when the server has acknowledged or sent the client away. */
  async auth(argument: unknown): Promise<'acknowledged' | 'refused'> {
    await until('the connection', () => this.socket.connected || this.isDisconnected)
    const acks = this.#count('ack')
    this.socket.emit('auth', argument, (...args: unknown[]) => this.log.push(['ack', args]))
    await until('an answer to auth', () => this.#count('ack') > acks || this.isDisconnected)
    return this.isDisconnected ? 'refused' : 'acknowledged'
  }

  /** In the room, with what happened on the way forgotten. */
  async entered(person: RoomsPerson, gid: string): Promise<this> {
    const arrivals = this.#count('join_room')
    const answer = await this.auth(JSON.stringify({ uuid: person.uuid, room_gid: gid }))
    if (answer === 'refused') throw new Error('refused')
    await until('the own arrival', () => this.#count('join_room') > arrivals)
    this.log.length = 0
    return this
  }

  payloads(event: string): unknown[] {
    return this.log.flatMap(([what, payload]) => (what === event ? [payload] : []))
  }

  get messages(): RoomsMessage[] {
    return this.payloads('message') as RoomsMessage[]
  }

  get texts(): string[] {
    return this.messages.map(({ msg }) => msg.txt)
  }

  end(): void {
    this.socket.disconnect()
  }

  #count(what: string): number {
    return this.log.filter(([happened]) => happened === what).length
  }
}
