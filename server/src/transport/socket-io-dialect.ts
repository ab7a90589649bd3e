import type { AnsweringSink, Owner } from '../delivery/index.ts'
import type { AddressOf } from './address.ts'
import type { Handling } from './inbox.ts'
import type { Limits } from './limits.ts'
import type { RequestPipeline } from './request-pipeline.ts'

/** One Socket.IO client, as a dialect sees it. */
export interface SocketIoConnection {
  readonly address: string
  /** The id of its handshake. */
  readonly requestId: string
  readonly sink: AnsweringSink
  emit(event: string, payload: unknown): void
  /** From now on, frames owned by that account carry its own uuid on this connection. */
  setOwner(owner: Owner): void
  /** Ends the connection, after all that was sent before. */
  disconnect(): void
}

/** One client in one dialect. */
export interface SocketIoSession {
  /** Whether the dialect has that event. */
  knows(event: string): boolean
  /** Whether the event is a send: it is handled without waiting for the commit of the sends before it. */
  isSend?(event: string): boolean
  /**
   * Handles an event that it knows. `acknowledge` calls the client's callback, if it gave one, without arguments. A send
   * resolves to its pending write once the store has it.
   */
  handle(event: string, argument: unknown, acknowledge: () => void): Handling
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
  readonly pipeline: RequestPipeline
  /** Sessions of this listener that may be between two polls for longer than clients are; 20,000 when absent. */
  readonly maxAbsentPollers?: number
  readonly onError: (error: unknown, requestId: string) => void
}
