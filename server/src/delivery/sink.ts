import type { Socket } from 'node:net'
import type { AccountId } from '../core/chat.ts'
import { guarded } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { Backlog } from './backlog.ts'
import { Batch, type Frame } from './frame.ts'
import { stalls } from './stalls.ts'
import { flushAtEndOfTurn } from './turn.ts'

/** A connection's bounded way out. */
export interface Sink {
  /** Queues a batch that may still grow until the end of the turn. */
  push(batch: Batch): void
  /** Queues a frame for this connection alone, after the batches that are queued. These may still grow. */
  send(frame: Frame): void
  /** Nothing leaves any more, whatever is queued. */
  readonly isClosed?: boolean
}

/** The way out of a connection that answers requests. */
export interface AnsweringSink extends Sink {
  /** Seals the queued batches, so that an event after a frame sent now cannot join one before it. */
  seal(): void
}

/** Bytes that may wait for a peer that does not read, and for how long. Past either it is disconnected. */
export const MAX_BACKLOG_BYTES = 1024 * 1024
export const MAX_STALL_MS = 10_000
/** Bytes that may wait in all: of those that one account caused, only half a megabyte counts toward the bound above. */
export const MAX_WAITING_BYTES = 4 * MAX_BACKLOG_BYTES

const NOTHING = Buffer.alloc(0)

/** Bytes up to which the pieces of one turn become one. */
const MAX_COPIED_BYTES = 4_096

/** Bytes of a peer's own answers that may wait before its next request does. */
const CROWDED_BYTES = 256 * 1024

export interface Owner {
  readonly accountId: AccountId
  /** 36 characters of ASCII that its own messages carry in place of its public uuid. */
  readonly uuid: string
}

interface SocketSinkOptions {
  /** Called once when the bound is passed; must end the connection. Nothing more is queued. */
  onSlow(): void
  /** The socket is gone. */
  onClosed?(): void
  /** Called when everything has left after something had to wait. */
  onFlushed?(): void
  readonly owner?: Owner
  /** The share of the memory budget under which bytes that the peer does not take are counted. */
  readonly share?: MemoryShare
}

/**
 * Writes to a socket at most once per turn. While an earlier write is still leaving, what comes waits
 * here as references to shared bytes; past `MAX_BACKLOG_BYTES` or `MAX_STALL_MS` the peer is too slow.
 */
export class SocketSink implements AnsweringSink {
  readonly #socket: Socket
  readonly #options: SocketSinkOptions
  #owner: Owner | undefined
  #queue: (Batch | Buffer)[] = []
  #isClosed = false
  #isScheduled = false
  /** An earlier write has not left yet. */
  #isWriting = false
  /** Set while the peer has not taken all, which is rare. It counts the first `#counted` items of the queue. */
  #backlog: Backlog | undefined
  #counted = 0
  /** Bytes of the queue that are meant for this connection alone. */
  #sentBytes = 0
  #waiting: (() => void)[] = []

  constructor(socket: Socket, options: SocketSinkOptions) {
    this.#socket = socket
    this.#options = options
    this.#owner = options.owner
    socket.on('close', () => {
      this.#close()
      options.onClosed?.()
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Nothing waits here for a turn to end, or for an earlier write to leave. */
  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  push(batch: Batch): void {
    this.#enqueue(batch)
  }

  send(frame: Frame): void {
    this.#sentBytes += frame.bytes.length
    this.#enqueue(frame.bytes)
  }

  seal(): void {
    for (const item of this.#queue) if (item instanceof Batch) item.bytes()
  }

  /**
   * Enough answers wait to leave. A handler of requests awaits `drained` before the next one: a peer is cut off
   * for unread events of others, not for asking much at once.
   */
  get isCrowded(): boolean {
    return !this.#isClosed && this.#sentBytes + this.#socket.writableLength > CROWDED_BYTES
  }

  /** Resolves once it is not crowded, or closed. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isCrowded) this.#waiting.push(resolve)
      else resolve()
    })
  }

  /** From now on, frames owned by that account carry its own uuid on this connection. */
  setOwner(owner: Owner | undefined): void {
    this.#owner = owner
  }

  /** Drops the queue: it was meant for someone who is no longer there, while the connection stays. */
  clear(): void {
    this.#queue = []
    this.#counted = this.#sentBytes = 0
    this.#backlog?.forget()
    stalls.delete(this)
    this.#release()
  }

  /** Writes what is queued now, so that a close frame written by someone else comes after it. */
  flush(): void {
    this.#isScheduled = false
    if (this.#isClosed || this.#queue.length === 0) return
    if (this.#socket.destroyed || this.#socket.writableEnded) this.#close()
    else if (this.#isWriting) this.#hold()
    else this.#write()
  }

  #enqueue(item: Batch | Buffer): void {
    if (this.#isClosed) return
    this.#queue.push(item)
    if (this.#isScheduled) return
    this.#isScheduled = true
    flushAtEndOfTurn(this)
  }

  #write(): void {
    const queue = this.#queue
    const [first] = queue
    if (queue.length === 1 && first) this.#socket.write(bytesFor(first, this.#owner))
    else this.#writeAll(queue.map((item) => bytesFor(item, this.#owner)))
    // Mostly all has left by now. Only when it has not, an empty write behind it tells when it will have:
    // a callback with every write would cost a tick each.
    this.#isWriting = this.#socket.writableLength > 0
    if (this.#isWriting) {
      this.#count()
      this.#backlog?.leave()
      this.#socket.write(NOTHING, this.#whenWritten())
    } else if (this.#backlog) this.#endBacklog()
    queue.length = 0
    this.#counted = this.#sentBytes = 0
    if (!this.#isWriting) this.#releaseIfDrained()
  }

  /** Few bytes are copied into one piece: the kernel takes that in less time than a list of pieces. */
  #writeAll(pieces: readonly Buffer[]): void {
    let bytes = 0
    for (const piece of pieces) bytes += piece.length
    if (bytes <= MAX_COPIED_BYTES) {
      this.#socket.write(Buffer.concat(pieces, bytes))
      return
    }
    this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    this.#socket.uncork()
  }

  /** Counts the items queued since the last count. */
  #count(): Backlog {
    this.#backlog ??= new Backlog(this.#options.share, () => this.destroy())
    for (const item of this.#queue.slice(this.#counted))
      this.#backlog.wait(item, copyMarks(item, this.#owner).length > 0)
    this.#counted = this.#queue.length
    return this.#backlog
  }

  #endBacklog(): void {
    this.#backlog?.close()
    this.#backlog = undefined
  }

  #whenWritten(): () => void {
    return guarded(
      'tcp',
      () => this.#wrote(),
      () => this.destroy(),
    )
  }

  #hold(): void {
    stalls.add(this, MAX_STALL_MS)
    const { countedBytes, waitingBytes } = this.#count()
    // The write in flight does not count: it may be one long answer that the peer asked for and is reading.
    if (countedBytes > MAX_BACKLOG_BYTES || waitingBytes > MAX_WAITING_BYTES) this.onStalled()
  }

  #wrote(): void {
    this.#isWriting = false
    stalls.delete(this)
    if (this.#queue.length === 0) {
      this.#endBacklog()
      this.#options.onFlushed?.()
    } else if (!this.#isScheduled) this.flush()
    this.#releaseIfDrained()
  }

  /** Closes the socket at once, without a close frame, whatever waits. */
  destroy(): void {
    this.#close()
    this.#socket.destroy()
  }

  /** Its peer has taken nothing for too long, or too much waits. */
  onStalled(): void {
    if (this.#isClosed) return
    stalls.slowCloses++
    this.#close()
    this.#options.onSlow()
  }

  #close(): void {
    this.#isClosed = true
    this.#queue = []
    this.#endBacklog()
    stalls.delete(this)
    this.#release()
  }

  #releaseIfDrained(): void {
    if (this.#waiting.length > 0 && !this.isCrowded) this.#release()
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** A batch's shared bytes; for the owner of a message in it, a copy with the owner's own uuid. */
function bytesFor(item: Batch | Buffer, owner?: Owner): Buffer {
  if (!(item instanceof Batch)) return item
  const own = copyMarks(item, owner)
  if (!owner || own.length === 0) return item.bytes()
  const copy = Buffer.from(item.bytes())
  for (const { offset } of own) copy.write(owner.uuid, offset, 'latin1')
  return copy
}

const NO_MARKS: Batch['marks'] = []

/** The places of the owner's own uuid in its copy of a batch. Without such a place it needs no copy. */
function copyMarks(item: Batch | Buffer, owner: Owner | undefined): Batch['marks'] {
  if (!owner || !(item instanceof Batch)) return NO_MARKS
  // `bytes` seals the batch: its marks are known only then.
  item.bytes()
  return item.marks.filter(({ accountId }) => accountId === owner.accountId)
}
