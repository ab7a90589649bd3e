import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { SocketIoDialect, UpgradeHandler } from '../transport/index.ts'
import type { DialectName } from './names.ts'

/**
 * One kind of client's way to speak with the core. It turns wire requests into commands and events into
 * frames, answers its own errors in its own form, and never crashes on any input. The same mounted dialect
 * may be served on several listeners at once.
 */
export interface Dialect<Name extends DialectName = DialectName> {
  readonly name: Name
  /** Answers every HTTP request to its paths; on a port of its own, to any path. */
  readonly http?: FastifyInstance
  /** Its own paths at the main port, also for WebSockets. A path that ends in a slash stands for all below it. */
  readonly paths: readonly string[]
  /** The handler of WebSocket handshakes to this path. */
  upgrade?(path: string): UpgradeHandler | undefined
  /** Its events on the default Socket.IO namespace, which dialects share on the main port. */
  readonly socketIo?: SocketIoDialect
  /** Only `RawDialect` has it: a dialect whose row says that it takes raw TCP. */
  readonly acceptRaw?: undefined
  /** Live connections, for the operator's gauge. */
  countConnections?(): number
  /** Tells live clients, where the dialect has a word for that, that it will close in so many milliseconds; serves on. */
  drain?(closesInMs: number): void
  /**
   * Something may be in the log of which no event tells. Live clients that rely on hearing of every change are to ask again
   * before they hear of a later one.
   */
  doubt?(): void
  /** Says goodbye to live clients in the dialect's own way and waits until they are gone, 2 s at most. */
  close(): Promise<void>
}

/** A dialect that also takes raw TCP, on a port of its own. */
export interface RawDialect<Name extends DialectName = DialectName> extends Omit<Dialect<Name>, 'acceptRaw'> {
  /**
   * Serves a raw TCP client whose first bytes are still to be read. Its handshake may take `handshakeMs`; `onKnown` is
   * called when it has been let in.
   */
  acceptRaw(socket: Socket, handshakeMs: number, onKnown: () => void): void
}
