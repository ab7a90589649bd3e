import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { caught } from '../lib/guard.ts'
import type { Holder, MemoryShare } from '../lib/memory-budget.ts'
import { replaceEmit } from './guards.ts'
import { requestIdFrom } from './request-ids.ts'

/** Bytes that may be pending uncounted: the beginning of a message that comes in two segments. */
const UNCOUNTED_BYTES = 2 * 1024
/** Bytes that a segment takes besides its content until its message is whole. */
const SEGMENT_BYTES = 300

const MASK_BYTES = 4

/** Bytes of a frame that a client sends, in one piece (RFC 6455, 5.2). */
const frameBytes = (payloadBytes: number): number =>
  payloadBytes + MASK_BYTES + (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10)

/** The WebSocket that a socket carries. */
const MEASURED = Symbol('measured')

type MeasuredSocket = Duplex & { readonly [MEASURED]: MeasuredWebSocket }

const { emit } = EventEmitter.prototype

/**
 * The guarded `emit` of a socket, which also counts the bytes that come. A second listener to the data would have Node
 * copy the list of listeners for each segment. A socket's events have two arguments at most.
 */
function emitMeasured(
  this: MeasuredSocket,
  event: string | symbol,
  first?: unknown,
  second?: unknown,
): boolean {
  try {
    const hasListeners = emit.call(this, event, first, second)
    if (event === 'data' && Buffer.isBuffer(first)) this[MEASURED].hear(first.length)
    return hasListeners
  } catch (error) {
    caught('tcp', error, this.destroy.bind(this), [this[MEASURED]])
    return true
  }
}

/**
 * A WebSocket that counts the bytes that have come of an unfinished message, and that a listener's failure ends, be the
 * listener ours or a library's.
 */
export class MeasuredWebSocket extends WebSocket implements Holder {
  #share: MemoryShare | undefined
  /** Bytes that have come and are not known to belong to a finished message, ping or pong. */
  #pendingBytes = 0
  #finishedBytes = 0
  #hasFinished = false
  #isCounted = false
  readonly sharedBytes = 0
  /** The number of the request that opened it; 0 before its owner has said so. */
  requestNumber = 0

  get requestId(): string {
    return requestIdFrom(this.requestNumber)
  }

  get address(): string {
    return this.#share?.address ?? ''
  }

  get heldBytes(): number {
    return this.#pendingBytes
  }

  cutOff(): void {
    this.terminate()
  }

  /** Counts the bytes of the WebSocket's own socket, to which `ws` must already listen. */
  measure(socket: Duplex, share: MemoryShare): void {
    this.#share = share
    replaceEmit(Object.assign(socket, { [MEASURED]: this }), emitMeasured)
  }

  // The events of `ws` have two arguments at most: named, each message goes without an array of them.
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    if (event === 'message' || event === 'ping' || event === 'pong') this.#finish(event, first)
    else if (event === 'close' && this.#isCounted) this.#share?.memory.delete(this)
    try {
      return super.emit(event, first, second)
    } catch (error) {
      caught('websocket', error, this.terminate.bind(this), [this])
      return true
    }
  }

  #finish(event: string, payload: unknown): void {
    this.#finishedBytes += frameBytes(Buffer.isBuffer(payload) ? payload.length : 0)
    if (event === 'message') this.#hasFinished = true
  }

  /** Called once every message, ping and pong that these bytes complete has been emitted. */
  hear(bytes: number): void {
    const pending = Math.max(0, this.#pendingBytes + bytes - this.#finishedBytes)
    // The frames of a fragmented message are not known: the bytes after it came in this segment at the earliest.
    this.#pendingBytes = this.#hasFinished ? Math.min(pending, bytes) : pending
    if (pending > 0 && !this.#hasFinished) this.#pendingBytes += SEGMENT_BYTES
    this.#finishedBytes = 0
    this.#hasFinished = false
    const counts = this.#pendingBytes > UNCOUNTED_BYTES
    if (counts === this.#isCounted) return
    this.#isCounted = counts
    if (counts) this.#share?.memory.add(this)
    else this.#share?.memory.delete(this)
  }
}
