import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { pino } from 'pino'
import PusherLibrary from 'pusher'
import pusherJs, { type Options } from 'pusher-js'
import { WebSocket } from 'ws'
import type { Bus } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { createPusherServer, type PusherDeps, type PusherServer } from '../../src/pusher/index.ts'
import { addressReader, createListener, Limits, listen, plain } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

// Its types say that the class is in `default`; in Node the module is the class.
export const PusherJs = pusherJs as unknown as typeof pusherJs.default
export type PusherJs = InstanceType<typeof pusherJs.default>

export const CREDENTIALS = { appId: '7', key: 'key', secret: 'secret' } as const

export interface Credentials {
  readonly key: string
  readonly secret: string
}

export const localBus = (): LocalBus =>
  new LocalBus((error) => {
    throw error
  })

/** A message as it came, with `data` decoded where it is JSON in a string. */
interface Message {
  readonly event: string
  readonly channel?: string
  readonly user_id?: string
  readonly raw: unknown
  // Fields that tests read without narrowing.
  readonly data: Record<string, unknown> & { readonly code?: number | null; readonly message?: string }
}

/** A bare WebSocket that speaks the protocol by hand. */
export class RawClient {
  readonly ws: WebSocket
  readonly messages: Message[] = []
  closed: { code: number; reason: string } | undefined
  socketId = ''
  readonly #credentials: Credentials
  #read = 0

  constructor(url: string, options: { autoPong?: boolean; credentials?: Credentials } = {}) {
    this.#credentials = options.credentials ?? CREDENTIALS
    this.ws = new WebSocket(url, { autoPong: options.autoPong ?? true })
    this.ws.on('message', (text) => this.messages.push(parse(String(text))))
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    this.ws.on('error', () => undefined)
  }

  async opened(): Promise<this> {
    const { data } = await this.next('pusher:connection_established')
    this.socketId = String(data.socket_id)
    return this
  }

  /** The next message that was not read yet; it must be of that event. */
  async next(event: string): Promise<Message> {
    const message = await until(`${event} (have ${this.messages.length})`, () => this.messages[this.#read])
    this.#read++
    if (message.event !== event) throw new Error(`expected ${event}, got ${JSON.stringify(message)}`)
    return message
  }

  say(event: string, data?: unknown, channel?: string): void {
    this.ws.send(JSON.stringify({ event, data, channel }))
  }

  /** Resolves when the server has handled every earlier request of this connection. */
  async settled(): Promise<readonly Message[]> {
    const from = this.#read
    const pongs = () => this.messages.filter(({ event }) => event === 'pusher:pong').length
    const before = pongs()
    this.say('pusher:ping', {})
    await until('a pong', () => pongs() > before)
    this.#read = this.messages.length
    return this.messages.slice(from).filter(({ event }) => event !== 'pusher:pong')
  }

  subscribe(channel: string, channelData?: string, auth = this.#sign(channel, channelData)): void {
    const data = channelData === undefined ? { channel, auth } : { channel, auth, channel_data: channelData }
    this.say('pusher:subscribe', data)
  }

  async subscribed(channel: string, channelData?: string): Promise<Message> {
    this.subscribe(channel, channelData)
    return this.next('pusher_internal:subscription_succeeded')
  }

  #sign(channel: string, channelData: string | undefined): string {
    return sign(this.socketId, channel, channelData, this.#credentials)
  }

  async gone(): Promise<{ code: number; reason: string }> {
    return until('the close', () => this.closed)
  }

  async close(): Promise<void> {
    if (this.ws.readyState === WebSocket.CLOSED) return
    this.ws.close()
    await once(this.ws, 'close')
  }
}

function parse(text: string): Message {
  const { data, ...rest } = JSON.parse(text)
  let decoded = data
  try {
    decoded = JSON.parse(data)
  } catch {
    // Not every event's data is JSON.
  }
  return { ...rest, raw: data, data: decoded }
}

export const sign = (
  socketId: string,
  channel: string,
  channelData?: string,
  { key, secret }: Credentials = CREDENTIALS,
): string => {
  const text = [socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(':')
  return `${key}:${createHmac('sha256', secret).update(text).digest('hex')}`
}

export interface PusherWorld {
  readonly server: PusherServer
  readonly bus: Bus
  readonly host: string
  readonly port: number
  readonly url: string
  /** The official server library, pointed here. */
  readonly library: PusherLibrary
  raw(query?: string, key?: string): RawClient
  /** The official client library, connected, with its auth done by the official server library. */
  js(options?: Partial<Options>): Promise<PusherJs>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A Pusher server on a free port. Two worlds on one bus are two nodes. */
export async function startPusher(
  options: Partial<PusherDeps> & { encryptionMasterKeyBase64?: string } = {},
): Promise<PusherWorld> {
  const { encryptionMasterKeyBase64, ...deps } = options
  const bus = deps.bus ?? localBus()
  const server = createPusherServer({
    bus,
    credentials: CREDENTIALS,
    limits: new Limits(false),
    addressOf: addressReader([]),
    log: pino({ level: 'error' }),
    ...deps,
  })
  await server.http.ready()
  const http = createListener({
    handle: (request, response) =>
      request.url?.startsWith('/apps/')
        ? server.http.routing(request, response)
        : plain(response, 404, 'Not Found'),
    upgradeFor: (path) => server.upgrade(path),
  })
  const host = '127.0.0.1'
  const port = await listen(http, host, 0)
  const library = new PusherLibrary({
    ...CREDENTIALS,
    host,
    port: String(port),
    useTLS: false,
    ...(encryptionMasterKeyBase64 !== undefined && { encryptionMasterKeyBase64 }),
  })
  const clients: { close(): unknown }[] = []
  const close = async (): Promise<void> => {
    for (const client of clients) await client.close()
    await server.close()
    http.close()
    http.closeAllConnections()
  }
  return {
    server,
    bus,
    host,
    port,
    url: `http://${host}:${port}`,
    library,
    raw(query = 'protocol=7&client=test&version=1.0', key = CREDENTIALS.key) {
      const client = new RawClient(`ws://${host}:${port}/app/${key}?${query}`)
      clients.push(client)
      return client
    },
    async js(jsOptions = {}) {
      const client = new PusherJs(CREDENTIALS.key, { ...jsDefaults(host, port, library), ...jsOptions })
      clients.push({ close: () => client.disconnect() })
      await until('pusher-js to connect', () => client.connection.state === 'connected')
      return client
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** `userId` of those who join presence channels or sign in. */
export const jsDefaults = (host: string, port: number, library: PusherLibrary, userId = 'ann'): Options => ({
  cluster: 'none',
  wsHost: host,
  wsPort: port,
  forceTLS: false,
  enabledTransports: ['ws'],
  channelAuthorization: {
    transport: 'ajax',
    endpoint: '',
    customHandler: ({ socketId, channelName }, callback) => {
      const presence = { user_id: userId, user_info: { name: userId.toUpperCase() } }
      callback(
        null,
        channelName.startsWith('presence-')
          ? library.authorizeChannel(socketId, channelName, presence)
          : library.authorizeChannel(socketId, channelName),
      )
    },
  },
  userAuthentication: {
    transport: 'ajax',
    endpoint: '',
    customHandler: ({ socketId }, callback) =>
      callback(null, library.authenticateUser(socketId, { id: userId })),
  },
})
