import type { FastifyInstance } from 'fastify'
import type { SocketIoDialect, UpgradeHandler } from '../transport/index.ts'
import type { DialectName } from './names.ts'

/**
 * One kind of client's way to speak with the core. It turns wire requests into commands and events into
 * frames, answers its own errors in its own form, and never crashes on any input. The same mounted dialect
 * may be served on several listeners at once.
 */
export interface Dialect {
  readonly name: DialectName
  /** Answers every HTTP request to a path it owns; on a port of its own, to any path. */
  readonly http?: FastifyInstance
  /** Does the path (no query) belong to this dialect on the main port? */
  owns(path: string): boolean
  /** The handler of WebSocket handshakes to this path. */
  upgrade?(path: string): UpgradeHandler | undefined
  /** Its events on the default Socket.IO namespace, which dialects share on the main port. */
  readonly socketIo?: SocketIoDialect
  /** Live connections, for the operator's gauge. */
  countConnections?(): number
  /** Says goodbye to live clients in the dialect's own way and waits until they are gone, 2 s at most. */
  close(): Promise<void>
}
