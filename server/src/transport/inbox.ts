import { owned } from '../lib/guard.ts'
import type { Holder, MemoryShare } from '../lib/memory-budget.ts'

/** Whose requests an inbox holds. */
export interface InboxOwner<T> {
  handle(item: T): Promise<void> | void
  /** How much memory an item takes, where that is the client's choice. */
  sizeOf?(item: T): number
  /** Stops and restarts the reading of the peer's socket. */
  pause(): void
  resume(): void
  /** Counts the bytes of waiting items; `cutOff` ends the peer's connection when they are too many. */
  readonly share?: MemoryShare | undefined
  cutOff?(): void
  /** A bug in `handle`, which answers expected refusals itself. */
  onError(error: unknown): void
}

/** Items that may wait before the peer's socket is no longer read, and what they may take together. */
const PAUSE_AT = 64
const PAUSE_AT_SIZE = 256 * 1024
const RESUME_AT = 16
/** Bytes that waiting items may take together without being counted. */
const COUNTED_AT_SIZE = 16 * 1024

/** Handles what one connection asks, strictly one after another. A flood is slowed at its source. */
export class Inbox<T> implements Holder {
  readonly #owner: InboxOwner<T>
  #waiting: T[] = []
  #waitingSize = 0
  #isRunning = false
  #isPaused = false
  #isCounted = false
  readonly sharedBytes = 0

  constructor(owner: InboxOwner<T>) {
    this.#owner = owner
  }

  push(item: T): void {
    this.#waiting.push(item)
    this.#waitingSize += this.#sizeOf(item)
    if ((this.#waiting.length >= PAUSE_AT || this.#waitingSize >= PAUSE_AT_SIZE) && !this.#isPaused) {
      this.#isPaused = true
      this.#owner.pause()
    }
    if (this.#waitingSize > COUNTED_AT_SIZE && !this.#isCounted) {
      this.#isCounted = true
      this.#owner.share?.memory.add(this)
    }
    if (!this.#isRunning) owned('task', this.#run())
  }

  /** Enough waits: what comes now comes although reading should have stopped. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Forgets what waits: the connection is gone. */
  clear(): void {
    this.#waiting = []
    this.#waitingSize = 0
    this.#uncount()
  }

  get address(): string {
    return this.#owner.share?.address ?? ''
  }

  get heldBytes(): number {
    return this.#waitingSize
  }

  cutOff(): void {
    this.#owner.cutOff?.()
  }

  #uncount(): void {
    if (!this.#isCounted) return
    this.#isCounted = false
    this.#owner.share?.memory.delete(this)
  }

  #sizeOf(item: T): number {
    return this.#owner.sizeOf?.(item) ?? 0
  }

  #next(): T | undefined {
    const item = this.#waiting.shift()
    if (item !== undefined) this.#waitingSize -= this.#sizeOf(item)
    return item
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      try {
        const handling = this.#owner.handle(item)
        if (handling) await handling
      } catch (error) {
        this.#owner.onError(error)
      }
      if (this.#isPaused && this.#waiting.length <= RESUME_AT && this.#waitingSize < PAUSE_AT_SIZE) {
        this.#isPaused = false
        this.#owner.resume()
      }
    }
    this.#isRunning = false
    this.#uncount()
  }
}
