import type { Server as HttpServer } from 'node:http'
import type { Server as NetServer } from 'node:net'
import type { Config } from '../config/index.ts'
import { type Dialect, type DialectName, type Dialects, SHARED_ROUTES } from '../dialects/index.ts'
import { hostAndPort } from '../lib/server-address.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import {
  type AddressOf,
  createListener,
  createSniffingServer,
  Dispatcher,
  type Health,
  type Limits,
  plain,
  RequestPipeline,
  SocketIo,
  STRANGERS,
  type Stopped,
  Strangers,
  stop,
} from '../transport/index.ts'
import { listenOrRefuse } from './port-refusals.ts'

interface Addresses {
  readonly url: string
  readonly port: number
  readonly tcpPort: number | null
  readonly dedicatedPorts: ReadonlyMap<DialectName, number>
}

export interface Listeners {
  readonly addresses: Addresses
  /** Resolves when nothing more is accepted, on any port. */
  stop(): Promise<Stopped>
}

interface ListenersOptions {
  readonly dialects: Dialects
  readonly health: Health
  readonly metrics: Metrics
  readonly config: Config
  readonly addressOf: AddressOf
  readonly limits: Limits
  readonly log: Logger
}

const RAW_HANDSHAKE_MS = 5_000

/** Opens the main port, raw TCP and each dialect's own port. If one cannot be opened, none stays open. */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { config, dialects } = options
  const ports = new Ports(options)
  try {
    const main = ports.createMain()
    const tcpPort = await ports.openRaw(main)
    const dedicatedPorts = new Map<DialectName, number>()
    for (const entry of config.dedicatedPorts) {
      const dialect = dialects.all.find(({ name }) => name === entry.dialect)
      if (dialect) dedicatedPorts.set(entry.dialect, await ports.openDedicated(dialect, entry.port))
    }
    // Last: whoever is answered there finds the others open.
    const port = await ports.openMain(main)
    return {
      addresses: { url: `http://${hostAndPort(config.host, port)}`, port, tcpPort, dedicatedPorts },
      stop: () => ports.stop(),
    }
  } catch (error) {
    await (await ports.stop()).drain(0)
    throw error
  }
}

class Ports {
  readonly #options: ListenersOptions
  readonly #open: NetServer[] = []
  readonly #socketIo: SocketIo[] = []
  readonly #pipelines: RequestPipeline[] = []
  readonly #strangers: Strangers

  constructor(options: ListenersOptions) {
    this.#options = options
    const perAddress = options.config.rateLimits ? STRANGERS.perAddress : Number.POSITIVE_INFINITY
    this.#strangers = new Strangers({ ...STRANGERS, perAddress })
  }

  createMain(): HttpServer {
    const { config, dialects, health, metrics, limits, addressOf } = this.#options
    const dispatcher = new Dispatcher<DialectName>({
      owners: dialects.all,
      shared: SHARED_ROUTES,
      preflight: (origin) => (origin && config.chatapp.allowedOrigins.includes(origin) ? 'chatapp' : 'rooms'),
      isOverLimit: (kind, request) => limits.check(kind, addressOf(request)) > 0,
      onRequest: (name) => metrics.countRequest(name),
      onError: (err) => this.#options.log.error({ err }, 'a request could not be dispatched'),
    })
    return this.#create(dialects.all, (request, response) => {
      if (!health.handle(request, response)) dispatcher.handle(request, response)
    })
  }

  openMain(http: HttpServer): Promise<number> {
    const { host, port } = this.#options.config
    return this.#listen(http, host, port, 'PORT')
  }

  async openDedicated(dialect: Dialect, port: number): Promise<number> {
    const { config, metrics } = this.#options
    const http = this.#create([dialect], (request, response) => {
      metrics.countRequest(dialect.name)
      if (dialect.http) dialect.http.routing(request, response)
      else plain(response, 404, 'Not Found')
    })
    return this.#listen(http, config.host, port, 'PARLANCE_PORTS')
  }

  /** Raw TCP for rooms; its clients that speak HTTP there are served as on the main port. */
  async openRaw(main: HttpServer): Promise<number | null> {
    const { config, dialects } = this.#options
    const { rooms } = dialects
    if (!rooms || config.rooms.tcpPort === null) return null
    const server = createSniffingServer({
      onHttp: (socket) => main.emit('connection', socket),
      onRaw: (socket, msLeft) => rooms.acceptRaw(socket, msLeft, () => this.#strangers.delete(socket)),
      deadlineMs: RAW_HANDSHAKE_MS,
      strangers: this.#strangers,
    })
    return this.#listen(server, config.rooms.tcpHost, config.rooms.tcpPort, 'ROOMS_TCP_PORT')
  }

  async stop(): Promise<Stopped> {
    for (const pipeline of this.#pipelines) pipeline.close()
    const stopped = await Promise.all(this.#open.map(stop))
    return {
      drain: async (graceMs) => {
        for (const socketIo of this.#socketIo) socketIo.close()
        await Promise.all(stopped.map((server) => server.drain(graceMs)))
      },
    }
  }

  #create(dialects: readonly Dialect[], handle: Parameters<typeof createListener>[0]['handle']): HttpServer {
    const { limits, addressOf } = this.#options
    const pipeline = new RequestPipeline({ strangers: this.#strangers, memory: limits.memory, addressOf })
    this.#pipelines.push(pipeline)
    const socketIo = this.#socketIoFor(dialects, pipeline)
    return createListener({
      handle,
      pipeline,
      strangers: this.#strangers,
      upgradeFor: (path) => firstDefined(dialects, (dialect) => dialect.upgrade?.(path)),
      ...(socketIo && { socketIo }),
    })
  }

  #socketIoFor(all: readonly Dialect[], pipeline: RequestPipeline): SocketIo | undefined {
    const dialects = all.flatMap((dialect) => dialect.socketIo ?? [])
    if (dialects.length === 0) return undefined
    const { addressOf, limits, log } = this.#options
    const onError = (err: unknown) => log.error({ err }, 'a Socket.IO event failed')
    const socketIo = new SocketIo({ dialects, addressOf, limits, pipeline, onError })
    this.#socketIo.push(socketIo)
    return socketIo
  }

  async #listen(server: NetServer, host: string, port: number, setting: string): Promise<number> {
    const bound = await listenOrRefuse(server, { host, port, setting })
    this.#open.push(server)
    return bound
  }
}

function firstDefined<T, R>(items: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const answer = ask(item)
    if (answer !== undefined) return answer
  }
  return undefined
}
