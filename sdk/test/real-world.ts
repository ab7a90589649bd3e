import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../server/test/support/free-port.ts'
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
export class RealWorld {
  readonly url: string
  readonly #settings: Readonly<Record<string, string>>
  readonly #clients: Client[] = []
  #server: TestServer

  private constructor(server: TestServer, settings: Readonly<Record<string, string>>) {
    this.#server = server
    this.#settings = settings
    this.url = server.url
  }

  static async open(): Promise<RealWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'parlance-client-'))
    const settings = { PORT: String(await freePort()), DBPATH: join(directory, 'parlance.db') }
    return new RealWorld(await startParlance(settings), settings)
  }

  async stop(): Promise<void> {
    await this.#server.close()
  }

  async start(): Promise<void> {
    this.#server = await startParlance(this.#settings)
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
    await this.#server.close()
    await rm(join(this.#settings.DBPATH ?? '', '..'), { recursive: true })
  }
}

/** A network that can be cut, in front of the real one. */
export class Switch {
  readonly #sockets = new Map<Socket, () => void>()
  readonly #wakers = new Set<() => void>()
  #isOn = true

  readonly runtime: Runtime = {
    ...systemRuntime,
    openSocket: (url, protocol, handlers) => {
      if (!this.#isOn) {
        const cancel = systemRuntime.after(1, () => handlers.onClose(1006, ''))
        return { send: () => undefined, close: cancel }
      }
      const socket = systemRuntime.openSocket(url, protocol, handlers)
      this.#sockets.set(socket, () => handlers.onClose(1006, ''))
      return socket
    },
    fetch: (url, init) =>
      this.#isOn ? systemRuntime.fetch(url, init) : Promise.reject(new TypeError('offline')),
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

  on(): void {
    this.#isOn = true
    for (const wake of [...this.#wakers]) wake()
  }
}
