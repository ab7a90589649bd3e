import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Frame, Owner, Sink } from '../delivery/index.ts'
import type { AddressOf } from './address.ts'
import type { Exchanges } from './exchanges.ts'
import type { Limits } from './limits.ts'
import { wsTextFrame } from './ws-frame.ts'

/** One Socket.IO client, as a dialect sees it. */
export interface SocketIoConnection {
  readonly address: string
  readonly sink: Sink
  emit(event: string, payload: unknown): void
  /** From now on, frames owned by that account carry its own uuid on this connection. */
  setOwner(owner: Owner): void
  /** What was sent before leaves before. */
  disconnect(): void
}

/** One client in one dialect. */
export interface SocketIoSession {
  /** Whether the dialect has that event. */
  knows(event: string): boolean
  /** One that it knows. `acknowledge` calls the client's callback, if it gave one, without arguments. */
  handle(event: string, argument: unknown, acknowledge: () => void): Promise<void> | void
  /** An event that no dialect on this listener knows. */
  onUnknown?(event: string, acknowledge: () => void): void
  onClose(): Promise<void> | void
}

export interface SocketIoDialect {
  connect(connection: SocketIoConnection): SocketIoSession
}

export interface SocketIoOptions {
  readonly dialects: readonly SocketIoDialect[]
  readonly addressOf: AddressOf
  readonly limits: Limits
  readonly exchanges: Exchanges
  readonly onError: (error: unknown) => void
}

const PATH = '/socket.io/'
const HEADER = '42'

/** One event of the default namespace as a WebSocket frame, the same in engine.io 3 and 4. */
export function socketIoFrame(event: string, payload: unknown): Frame {
  return wsTextFrame(JSON.stringify([event, payload]), HEADER)
}

/**
 * Socket.IO on a listener. The library is loaded for its first client, since that takes 40 ms which a start
 * need not wait for; from then on it hears the events of its path itself.
 */
export class SocketIo {
  readonly #options: SocketIoOptions
  #engine: { close(): void } | undefined
  #attaching: Promise<void> | undefined

  constructor(options: SocketIoOptions) {
    this.#options = options
  }

  owns(path: string): boolean {
    return path.startsWith(PATH)
  }

  /** Has an event of the server told `again` once the library hears it, if it does not hear it by now. */
  handOver(http: HttpServer, { socket }: IncomingMessage, again: () => void): void {
    if (this.#engine) return
    this.#attachTo(http).then(again, (error) => {
      this.#options.onError(error)
      socket.destroy()
    })
  }

  /** Without a word of Socket.IO: after its own goodbye a client does not come back by itself. */
  close(): void {
    this.#engine?.close()
  }

  #attachTo(http: HttpServer): Promise<void> {
    this.#attaching ??= import('./socket-io-server.ts').then(({ attachSocketIo }) => {
      this.#engine = attachSocketIo(http, this.#options).engine
    })
    return this.#attaching
  }
}
