import { randomBytes } from 'node:crypto'
import { io as io4 } from 'socket.io-client'
import io2 from 'socket.io-client-2'
import { until } from './until.ts'

/** A name that no earlier run has taken. */
export const uniqueName = (hint: string): string => `${hint}-${randomBytes(5).toString('hex')}`

export const ID = /^[0-9a-f]{24}$/
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/

const ONCE = { forceNew: true, reconnection: false }
const CLIENTS = {
  'Socket.IO 4, WebSocket only': (url: string) => io4(url, { ...ONCE, transports: ['websocket'] }),
  'Socket.IO 4, polling first': (url: string) => io4(url, ONCE),
  'Socket.IO 2, WebSocket only': (url: string) => io2(url, { ...ONCE, transports: ['websocket'] }),
  'Socket.IO 2, polling first': (url: string) => io2(url, ONCE),
} as const

export type ClientKind = keyof typeof CLIENTS
export const CLIENT_KINDS = Object.keys(CLIENTS) as ClientKind[]

const ANSWERS = [
  ...['pongg', 'user_created', 'user_found', 'user_not_authorized', 'name_not_found'],
  ...['group_created', 'group_already_created', 'join_success', 'join_error', 'leave_success', 'leave_error'],
  ...['user_visited', 'already_in_the_group', 'group_not_found', 'group not found'],
  ...['enter_group', 'group_not_join', 'message_sent', 'invalid_request', 'rate_limited'],
]

export type Happening = readonly [event: string, payload?: unknown]

export interface SentMessage {
  readonly _id: string
  readonly group_name: string
  readonly username: string
  readonly text: string
  readonly timestamp: string
}

/** A Socket.IO client of the groups dialect: what happened to it, in order. */
export class GroupsClient {
  static readonly #all = new Set<GroupsClient>()

  readonly log: Happening[] = []
  readonly socket: ReturnType<(typeof CLIENTS)[ClientKind]>
  isDisconnected = false

  private constructor(url: string, kind: ClientKind) {
    GroupsClient.#all.add(this)
    this.socket = CLIENTS[kind](url)
    for (const event of ANSWERS) {
      this.socket.on(event, (...payload: unknown[]) => this.log.push([event, ...payload] as never))
    }
    this.socket.on('disconnect', () => {
      this.isDisconnected = true
      this.log.push(['disconnect'])
    })
  }

  static async connect(url: string, kind: ClientKind = 'Socket.IO 4, WebSocket only'): Promise<GroupsClient> {
    const client = new GroupsClient(url, kind)
    await until('the connection', () => client.socket.connected)
    return client
  }

  /** A process with an open socket does not end. */
  static endAll(): void {
    for (const client of GroupsClient.#all) client.end()
  }

  /** Connected and bound to a new guest's name. */
  static async guest(url: string, hint: string, kind?: ClientKind): Promise<Guest> {
    const client = await GroupsClient.connect(url, kind)
    const username = uniqueName(hint)
    const [[event, payload] = []] = await client.ask('find_user', { username })
    if (event !== 'user_created') throw new Error(`${event} ${JSON.stringify(payload)}`)
    return new Guest(client, username, (payload as { _id: string })._id)
  }

  /** Everything that came from this request until the answer to the next: none is left out, none is waited for in vain. */
  async ask(event: string, ...args: unknown[]): Promise<Happening[]> {
    const from = this.log.length
    this.socket.emit(event, ...args)
    const to = await this.settled()
    return this.log.slice(from, to)
  }

  /** Resolves when the server calls back, rejects when it is gone. */
  async acknowledged(event: string, ...args: unknown[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onDisconnect = () => reject(new Error('disconnected'))
    this.socket.on('disconnect', onDisconnect)
    if (this.isDisconnected) onDisconnect()
    else this.socket.emit(event, ...args, () => resolve())
    try {
      await promise
    } finally {
      this.socket.off('disconnect', onDisconnect)
    }
  }

  /** All that was asked so far is answered; says where in the log. */
  async settled(): Promise<number> {
    const nonce = randomBytes(8).toString('hex')
    this.socket.emit('pingg', nonce)
    const isAnswer = ([event, payload]: Happening) =>
      event === 'pongg' && (payload as { message: unknown }).message === nonce
    await until('an answer', () => this.isDisconnected || this.log.some(isAnswer))
    const at = this.log.findIndex(isAnswer)
    if (at < 0) return this.log.length
    this.log.splice(at, 1)
    return at
  }

  get messages(): SentMessage[] {
    return this.log.flatMap(([event, payload]) => (event === 'message_sent' ? [payload as SentMessage] : []))
  }

  get texts(): string[] {
    return this.messages.map(({ text }) => text)
  }

  end(): void {
    this.socket.disconnect()
  }
}

/** Someone who speaks as one name. */
export class Guest {
  readonly client: GroupsClient
  readonly username: string
  readonly id: string

  constructor(client: GroupsClient, username: string, id: string) {
    this.client = client
    this.username = username
    this.id = id
  }

  ask(event: string, fields: object = {}): Promise<Happening[]> {
    return this.client.ask(event, { username: this.username, ...fields })
  }

  /** The name of a new group. */
  async create(hint = 'group'): Promise<string> {
    const group_name = uniqueName(hint)
    const [[event, payload] = []] = await this.ask('create_group', { group_name })
    if (event !== 'group_created') throw new Error(`${event} ${JSON.stringify(payload)}`)
    return group_name
  }

  async visit(group_name: string): Promise<{ last_time_read_in_visiting_group: string | null }> {
    const [[event, payload] = []] = await this.ask('visit_group', { group_name })
    if (event !== 'user_visited') throw new Error(`${event} ${JSON.stringify(payload)}`)
    return payload as { last_time_read_in_visiting_group: string | null }
  }

  /** The texts of the unread and of the read part. */
  async enter(group_name: string): Promise<[unread: string[], read: string[]]> {
    const [[event, payload] = []] = await this.ask('enter_group', { group_name })
    if (event !== 'enter_group') throw new Error(`${event} ${JSON.stringify(payload)}`)
    const [unread, read] = payload as [SentMessage[], SentMessage[]]
    return [unread.map(({ text }) => text), read.map(({ text }) => text)]
  }

  async send(group_name: string, text: string): Promise<SentMessage> {
    const answers = await this.ask('send_message', { group_name, text })
    const sent = answers.findLast(
      ([event, payload]) => event === 'message_sent' && (payload as SentMessage).text === text,
    )
    return (
      (sent?.[1] as SentMessage) ??
      // In a group it comes as news, a moment after the answer to what was asked next.
      (await until('the own message', () =>
        this.client.messages.findLast((message) => message.text === text),
      ))
    )
  }

  /** The same person on another socket. */
  async again(url: string, kind?: ClientKind): Promise<Guest> {
    const client = await GroupsClient.connect(url, kind)
    await client.ask('find_user', { username: this.username })
    return new Guest(client, this.username, this.id)
  }
}
