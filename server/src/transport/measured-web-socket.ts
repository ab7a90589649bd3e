import type { Duplex } from 'node:stream'
import type { Holder, MemoryShare } from '../lib/memory-budget.ts'
import { GuardedWebSocket } from './guards.ts'

/** Not counted: the beginning of a message that comes in two segments. */
const UNCOUNTED_BYTES = 2 * 1024
/** What a segment takes beside its bytes until its message is whole. */
const SEGMENT_BYTES = 300

const MASK_BYTES = 4

/** Of a frame that a client sends, in one piece (RFC 6455, 5.2). */
const frameBytes = (payloadBytes: number): number =>
  payloadBytes + MASK_BYTES + (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10)

/** A WebSocket that knows how much has come of a message that is not finished. */
export class MeasuredWebSocket extends GuardedWebSocket implements Holder {
  #share: MemoryShare | undefined
  /** Come and not known to belong to something finished. */
  #pendingBytes = 0
  #finishedBytes = 0
  #hasFinished = false
  #isCounted = false
  readonly sharedBytes = 0

  get address(): string {
    return this.#share?.address ?? ''
  }

  get heldBytes(): number {
    return this.#pendingBytes
  }

  cutOff(): void {
    this.terminate()
  }

  /** Its socket, which it already listens to. */
  measure(socket: Duplex, share: MemoryShare): void {
    this.#share = share
    socket.on('data', (segment: Buffer) => this.#hear(segment.length))
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'message' || event === 'ping' || event === 'pong') this.#finish(event, args[0])
    else if (event === 'close' && this.#isCounted) this.#share?.memory.delete(this)
    return super.emit(event, ...args)
  }

  #finish(event: string, payload: unknown): void {
    this.#finishedBytes += frameBytes(Buffer.isBuffer(payload) ? payload.length : 0)
    if (event === 'message') this.#hasFinished = true
  }

  /** Called when all of it that could be told to anybody has been. */
  #hear(bytes: number): void {
    const pending = Math.max(0, this.#pendingBytes + bytes - this.#finishedBytes)
    // Of one in fragments the frames are not known: what is left began in this segment at the earliest.
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
