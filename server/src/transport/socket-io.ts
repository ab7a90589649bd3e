import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { guarded } from '../lib/guard.ts'
import type { EngineServer } from './engine-io.ts'
import { requestIdOf } from './request-ids.ts'
import type { SocketIoOptions } from './socket-io-dialect.ts'

const PATH = '/socket.io'
/** A client may leave out the slash at the end. */
export const SOCKET_IO_PATHS = [PATH, `${PATH}/`]

/** One listener for all connections, so that `off` and `on` leave each connection with it once. */
function endItself(this: Socket): void {
  this.end()
}

/**
 * Socket.IO on a listener. The library is loaded for its first client, since that takes 40 ms which a start
 * need not wait for.
 */
export class SocketIo {
  readonly #options: SocketIoOptions
  #engine: EngineServer | undefined
  #loading: Promise<EngineServer> | undefined

  constructor(options: SocketIoOptions) {
    this.#options = options
  }

  owns(path: string): boolean {
    return path === PATH || path.startsWith(`${PATH}/`)
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    // End our side with the client's: one that left between two events must not be taken for one that still listens.
    socket.off('end', endItself).on('end', endItself)
    this.#use(request, (engine) => engine.handleRequest(request, response))
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#use(request, (engine) => engine.handleUpgrade(request, socket, head))
  }

  /** Without a word of Socket.IO: after its own goodbye a client does not come back by itself. */
  close(): void {
    this.#engine?.close()
  }

  #use(request: IncomingMessage, handle: (engine: EngineServer) => void): void {
    if (this.#engine) {
      handle(this.#engine)
      return
    }
    this.#loading ??= this.#load()
    const end = () => request.socket.destroy()
    const handled = guarded('http', (engine: EngineServer, _request: IncomingMessage) => handle(engine), end)
    this.#loading
      .then((engine) => handled(engine, request))
      .catch((error) => {
        this.#options.onError(error, requestIdOf(request))
        end()
      })
  }

  async #load(): Promise<EngineServer> {
    const { createEngine } = await import('./socket-io-server.ts')
    this.#engine = createEngine(this.#options)
    return this.#engine
  }
}
