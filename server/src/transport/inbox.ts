import { owned } from '../lib/guard.ts'
import type { Holder, MemoryShare } from '../lib/memory-budget.ts'
import { beginTrace, isTracing } from '../lib/trace.ts'
import { InFlight, type PendingWrite } from './in-flight.ts'

/** The result of handling an item: see `InboxOwner.handle`. */
// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing, and are written so
export type Handling = Promise<PendingWrite | void> | PendingWrite | void

/** It answers the requests that an inbox holds. */
export interface InboxOwner<T> {
  /**
   * Handles one item. The next is handled when the promise has settled, or at once where none is returned. A pending
   * write is what a send returns or resolves to once the store has it: the next send need not wait for its commit.
   * Any other item must await `Inbox.settled` before it reads, writes or answers anything.
   */
  handle(item: T): Handling
  /** How much memory an item takes that is no text. */
  sizeOf?(item: T): number
  /** A bug in `handle`, which answers expected refusals itself. */
  onError(error: unknown): void
}

/** The connection that requests come by, such as a `WsConnection`. */
export interface InboxPeer {
  /** Stops and restarts the reading of the peer's socket. */
  pause(): void
  resume(): void
  /** Counts the bytes of items that are not answered; `terminate` ends the connection when they are too many. */
  readonly share?: MemoryShare | undefined
  terminate?(): void
}

/** Items that may wait or be in flight before the peer's socket is no longer read, and what they may take together. */
const PAUSE_AT = 64
const PAUSE_AT_SIZE = 256 * 1024
const RESUME_AT = 16
/** Sends that may be in flight before the next item is handled. */
const MAX_IN_FLIGHT = 64
/** Bytes that unanswered items may take together without being counted. */
const COUNTED_AT_SIZE = 16 * 1024

/**
 * Handles what one connection asks, one item after another, and has it answered in the same order. Sends that follow one
 * another are committed together: each is handed to the store without waiting for the commit of the one before. A flood
 * is slowed at its source.
 */
export class Inbox<T> implements Holder {
  readonly #owner: InboxOwner<T>
  readonly #peer: InboxPeer
  #waiting: T[] = []
  /** Bytes of all items that wait, are handled or are in flight. */
  #size = 0
  #isRunning = false
  #isPaused = false
  #isCounted = false
  /** As many sends are in flight as may be. */
  #isFull = false
  /** Undefined until the first send. */
  #inFlight: InFlight | undefined
  readonly sharedBytes = 0

  constructor(owner: InboxOwner<T>, peer: InboxPeer) {
    this.#owner = owner
    this.#peer = peer
  }

  push(item: T): void {
    this.#waiting.push(item)
    this.#size += this.#sizeOf(item)
    if (!this.#isPaused && (this.#count() >= PAUSE_AT || this.#size >= PAUSE_AT_SIZE)) {
      this.#isPaused = true
      this.#peer.pause()
    }
    if (this.#size > COUNTED_AT_SIZE && !this.#isCounted) {
      this.#isCounted = true
      this.#peer.share?.memory.add(this)
    }
    if (!this.#isRunning) this.#run()
  }

  /** Enough waits: what comes now comes although reading should have stopped. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Resolves when every send before has been answered; undefined when that is so already. */
  settled(): Promise<void> | undefined {
    return this.#inFlight?.settled()
  }

  /** Forgets what waits: the connection is gone. */
  clear(): void {
    for (const item of this.#waiting) this.#size -= this.#sizeOf(item)
    this.#waiting = []
    this.#uncountIfEmpty()
  }

  get address(): string {
    return this.#peer.share?.address ?? ''
  }

  get heldBytes(): number {
    return this.#size
  }

  cutOff(): void {
    this.#peer.terminate?.()
  }

  #count(): number {
    return this.#waiting.length + (this.#inFlight?.count ?? 0)
  }

  #uncountIfEmpty(): void {
    if (!this.#isCounted || this.#size > 0) return
    this.#isCounted = false
    this.#peer.share?.memory.delete(this)
  }

  #sizeOf(item: T): number {
    return typeof item === 'string' ? item.length : (this.#owner.sizeOf?.(item) ?? 0)
  }

  #run(): void {
    this.#isRunning = true
    this.#isFull = false
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      const handling = this.#begin(item)
      const size = this.#sizeOf(item)
      if (handling instanceof Promise) {
        owned('task', this.#goOnAfter(handling, size), this.#peer)
        return
      }
      if (handling) this.#follow(handling, size)
      else this.#release(size)
      if (this.#isFull) return
    }
    this.#isRunning = false
  }

  #begin(item: T): Handling {
    try {
      return isTracing() ? this.#trace(item) : this.#owner.handle(item)
    } catch (error) {
      this.#owner.onError(error)
    }
  }

  /** The span ends when the next item may be handled; a send's spans in the store go on under it. */
  #trace(item: T): Handling {
    const span = beginTrace({ name: 'message', kind: 'server' })
    if (!span) return this.#owner.handle(item)
    const handling = span.within(() => this.#owner.handle(item))
    if (handling instanceof Promise)
      return handling.then(
        (write) => {
          span.end()
          return write
        },
        (error) => {
          span.end({ hasFailed: true })
          throw error
        },
      )
    span.end()
    return handling
  }

  async #goOnAfter(handling: Handling, size: number): Promise<void> {
    let write: PendingWrite | undefined
    try {
      write = (await handling) ?? undefined
    } catch (error) {
      this.#owner.onError(error)
    }
    if (write) this.#follow(write, size)
    else this.#release(size)
    if (!this.#isFull) this.#run()
  }

  #follow(write: PendingWrite, size: number): void {
    this.#inFlight ??= new InFlight({
      onAnswered: (answered) => this.#onAnswered(answered),
      onError: (error) => this.#owner.onError(error),
    })
    write.size = size
    this.#inFlight.add(write)
    this.#isFull = this.#inFlight.count >= MAX_IN_FLIGHT
  }

  #onAnswered(size: number): void {
    this.#release(size)
    if (this.#isFull) this.#run()
  }

  /** An item is over: the peer may send on once few are left. */
  #release(size: number): void {
    this.#size -= size
    this.#uncountIfEmpty()
    if (!this.#isPaused || this.#count() > RESUME_AT || this.#size >= PAUSE_AT_SIZE) return
    this.#isPaused = false
    this.#peer.resume()
  }
}
