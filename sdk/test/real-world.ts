import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../../server/test/support/engines/index.ts'
import { freePort } from '../../server/test/support/free-port.ts'
import { newSchema } from '../../server/test/support/postgres.ts'
import { startParlance, type TestServer } from '../../server/test/support/server.ts'
import {
  Client,
  type ClientOptions,
  type Runtime,
  register,
  type Socket,
  systemRuntime,
} from '../src/index.ts'

/** A real server, whose port and database stay when it is started anew. */
export class RealNode {
  readonly url: string
  readonly #settings: Readonly<Record<string, string>>
  #server: TestServer

  private constructor(server: TestServer, settings: Readonly<Record<string, string>>) {
    this.#server = server
    this.#settings = settings
    this.url = server.url
  }

  static async open(database: Readonly<Record<string, string>>): Promise<RealNode> {
    const settings = { ...database, PORT: String(await freePort()) }
    return new RealNode(await startParlance(settings), settings)
  }

  async stop(): Promise<void> {
    await this.#server.close()
  }

  async start(): Promise<void> {
    this.#server = await startParlance(this.#settings)
  }
}

/** Nodes that are one chat, and the clients of its people. */
export class RealWorld {
  readonly nodes: readonly RealNode[]
  /** The first node's. */
  readonly url: string
  readonly #clients: Client[] = []
  readonly #remove: () => Promise<unknown>

  private constructor(nodes: readonly RealNode[], remove: () => Promise<unknown>) {
    const [first] = nodes
    if (!first) throw new Error('a world has a node')
    this.nodes = nodes
    this.url = first.url
    this.#remove = remove
  }

  /** One node on SQLite; on PostgreSQL where PARLANCE_TEST_STORE says so. */
  static async open(): Promise<RealWorld> {
    if (process.env.PARLANCE_TEST_STORE === 'postgres') {
      const { url, drop } = await newSchema()
      return new RealWorld([await RealNode.open({ DATABASE_URL: url })], drop)
    }
    const directory = await mkdtemp(join(tmpdir(), 'parlance-client-'))
    const node = await RealNode.open({ DBPATH: join(directory, 'parlance.db') })
    return new RealWorld([node], () => rm(directory, { recursive: true }))
  }

  /** `count` nodes on one PostgreSQL and one Redis. */
  static async openNodes(count: number): Promise<RealWorld> {
    const redis = await startRedis()
    const { url, drop } = await newSchema()
    const settings = { DATABASE_URL: url, REDIS_URL: redis.engine.url }
    const nodes: RealNode[] = []
    for (let n = 0; n < count; n++) nodes.push(await RealNode.open(settings))
    return new RealWorld(nodes, async () => {
      await drop()
      await redis[Symbol.asyncDispose]()
    })
  }

  /** A new account: its id and token. */
  async person(username: string): Promise<{ readonly id: string; readonly token: string }> {
    const { account, session } = await register(this.url, { username, password: 'correct horse battery' })
    return { id: account.id, token: session.token ?? '' }
  }

  /** A client that is live. */
  async connect(token: string, options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = new Client({ url: this.url, token, ...options })
    this.#clients.push(client)
    await client.open()
    await client.ready()
    return client
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    await Promise.all(this.nodes.map((node) => node.stop()))
    await this.#remove()
  }
}

/** A network that can be cut, in front of the real one, and leads to whichever node it is told. */
export class Switch {
  readonly #sockets = new Map<Socket, () => void>()
  readonly #wakers = new Set<() => void>()
  #isOn = true
  /** The origin that all of it leads to; undefined: wherever the client asks. */
  #to: string | undefined

  readonly runtime: Runtime = {
    ...systemRuntime,
    openSocket: (url, protocol, handlers) => {
      if (!this.#isOn) {
        const cancel = systemRuntime.after(1, () => handlers.onClose(1006, ''))
        return { send: () => undefined, close: cancel }
      }
      const socket = systemRuntime.openSocket(this.#led(url), protocol, handlers)
      this.#sockets.set(socket, () => handlers.onClose(1006, ''))
      return socket
    },
    fetch: (url, init) =>
      this.#isOn ? systemRuntime.fetch(this.#led(url), init) : Promise.reject(new TypeError('offline')),
    onWake: (callback) => {
      this.#wakers.add(callback)
      return () => this.#wakers.delete(callback)
    },
  }

  off(): void {
    this.#isOn = false
    for (const [socket, tell] of [...this.#sockets]) {
      socket.close()
      tell()
    }
    this.#sockets.clear()
  }

  /** Breaks what is connected; from now on all goes to that node. */
  lead(to: string): void {
    this.off()
    this.#to = to
    this.on()
  }

  on(): void {
    this.#isOn = true
    for (const wake of [...this.#wakers]) wake()
  }

  #led(url: string): string {
    if (this.#to === undefined) return url
    const led = new URL(url)
    led.host = new URL(this.#to).host
    return led.href
  }
}
