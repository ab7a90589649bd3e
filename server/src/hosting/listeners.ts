import type { Server as HttpServer } from 'node:http'
import type { Server as NetServer } from 'node:net'
import { type Config, rawTcpNames } from '../config/index.ts'
import type { DialectName, MountedDialect } from '../dialects/index.ts'
import { hostAndPort } from '../lib/server-address.ts'
import {
  createListener,
  createSniffingServer,
  plain,
  RequestPipeline,
  SocketIo,
  type Stopped,
  Strangers,
  stop,
  type UpgradeHandler,
} from '../transport/index.ts'
import type { ListenersOptions } from './listeners-options.ts'
import { mainRoutes } from './main-routes.ts'
import { listenOrRefuse, type Place } from './port-refusals.ts'

interface Addresses {
  readonly url: string
  readonly port: number
  /** The port of raw TCP of each dialect that takes it. */
  readonly rawPorts: ReadonlyMap<DialectName, number>
  readonly dedicatedPorts: ReadonlyMap<DialectName, number>
  /** Whether Socket.IO is served at the main port. */
  readonly hasSocketIo: boolean
}

export interface Listeners {
  readonly addresses: Addresses
  /** Resolves when nothing more is accepted, on any port. */
  stop(): Promise<Stopped>
}

const RAW_HANDSHAKE_MS = 5_000

/** Opens the main port, raw TCP and each dialect's own port. If one cannot be opened, none stays open. */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { config, dialects } = options
  const hasSocketIo = dialects.some(({ socketIo }) => socketIo)
  const ports = new Ports(options)
  try {
    const main = ports.createMain()
    const [rawPorts, dedicatedPorts] = [new Map<DialectName, number>(), new Map<DialectName, number>()]
    for (const place of config.rawPorts) rawPorts.set(place.dialect, await ports.openRaw(main, place))
    for (const place of config.dedicatedPorts)
      dedicatedPorts.set(place.dialect, await ports.openDedicated(place))
    // The main port opens last: a client that is answered there finds the others open.
    const port = await ports.openMain(main)
    return {
      addresses: {
        url: `${config.tls ? 'https' : 'http'}://${hostAndPort(config.host, port)}`,
        port,
        rawPorts,
        dedicatedPorts,
        hasSocketIo,
      },
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
    this.#strangers = new Strangers(options.limits.strangers)
  }

  createMain(): HttpServer {
    const { dialects, health, web } = this.#options
    const { dispatcher, upgradeFor } = mainRoutes(this.#options)
    return this.#create(dialects, upgradeFor, (request, response) => {
      if (health.handle(request, response) || web?.handle(request, response)) return
      dispatcher.handle(request, response)
    })
  }

  openMain(http: HttpServer): Promise<number> {
    const { host, port } = this.#options.config
    return this.#listen(http, { host, port, settings: { port: 'PORT', host: 'HOST' } })
  }

  async openDedicated({ dialect: name, port }: Config['dedicatedPorts'][number]): Promise<number> {
    const { config, metrics } = this.#options
    const dialect = this.#find(name)
    const upgradeFor = (path: string) => dialect.upgrade?.(path)
    const http = this.#create([dialect], upgradeFor, (request, response) => {
      metrics.countRequest(name)
      if (dialect.http) dialect.http.routing(request, response)
      else plain(response, 404, 'Not Found')
    })
    return this.#listen(http, { host: config.host, port, settings: { port: 'PARLANCE_PORTS', host: 'HOST' } })
  }

  /** Raw TCP for one dialect; clients that speak HTTP there are served as on the main port. */
  async openRaw(main: HttpServer, { dialect: name, ...place }: Config['rawPorts'][number]): Promise<number> {
    const dialect = this.#find(name)
    const server = createSniffingServer({
      onHttp: (socket) => main.emit('connection', socket),
      onRaw: (socket, msLeft) => dialect.acceptRaw?.(socket, msLeft, () => this.#strangers.delete(socket)),
      deadlineMs: RAW_HANDSHAKE_MS,
      strangers: this.#strangers,
    })
    return this.#listen(server, { ...place, settings: rawTcpNames(name) })
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

  #find(name: DialectName): MountedDialect {
    const dialect = this.#options.dialects.find((one) => one.name === name)
    if (!dialect) throw new Error(`${name} has a port and is not mounted`)
    return dialect
  }

  #create(
    dialects: readonly MountedDialect[],
    upgradeFor: (path: string) => UpgradeHandler | undefined,
    handle: Parameters<typeof createListener>[0]['handle'],
  ): HttpServer {
    const { limits, addressOf } = this.#options
    const pipeline = new RequestPipeline({ strangers: this.#strangers, memory: limits.memory, addressOf })
    this.#pipelines.push(pipeline)
    const socketIo = this.#socketIoFor(dialects, pipeline)
    return createListener({
      handle,
      pipeline,
      strangers: this.#strangers,
      upgradeFor,
      ...(socketIo && { socketIo }),
    })
  }

  #socketIoFor(all: readonly MountedDialect[], pipeline: RequestPipeline): SocketIo | undefined {
    const dialects = all.flatMap((dialect) => dialect.socketIo ?? [])
    if (dialects.length === 0) return undefined
    const { addressOf, limits, log } = this.#options
    const onError = (err: unknown, requestId: string) =>
      log.error({ err, requestId }, 'a Socket.IO event failed')
    const socketIo = new SocketIo({ dialects, addressOf, limits, pipeline, onError })
    this.#socketIo.push(socketIo)
    return socketIo
  }

  async #listen(server: NetServer, place: Place): Promise<number> {
    this.#options.gate?.protect(server, this.#strangers)
    const bound = await listenOrRefuse(server, place)
    this.#open.push(server)
    return bound
  }
}
