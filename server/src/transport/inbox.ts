export interface InboxOptions<T> {
  readonly handle: (item: T) => Promise<void> | void
  /** How much memory an item takes, where that is the client's choice. */
  readonly sizeOf?: (item: T) => number
  /** Stops and restarts the reading of the peer's socket. */
  readonly pause: () => void
  readonly resume: () => void
  /** A bug in `handle`, which answers expected refusals itself. */
  readonly onError: (error: unknown) => void
}

/** Items that may wait before the peer's socket is no longer read, and what they may take together. */
const PAUSE_AT = 64
const PAUSE_AT_SIZE = 256 * 1024
const RESUME_AT = 16

/** Handles what one connection asks, strictly one after another. A flood is slowed at its source. */
export class Inbox<T> {
  readonly #options: InboxOptions<T>
  #waiting: T[] = []
  #waitingSize = 0
  #isRunning = false
  #isPaused = false

  constructor(options: InboxOptions<T>) {
    this.#options = options
  }

  push(item: T): void {
    this.#waiting.push(item)
    this.#waitingSize += this.#sizeOf(item)
    if ((this.#waiting.length >= PAUSE_AT || this.#waitingSize >= PAUSE_AT_SIZE) && !this.#isPaused) {
      this.#isPaused = true
      this.#options.pause()
    }
    if (!this.#isRunning) void this.#run()
  }

  /** Enough waits: what comes now comes although reading should have stopped. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Forgets what waits: the connection is gone. */
  clear(): void {
    this.#waiting = []
    this.#waitingSize = 0
  }

  #sizeOf(item: T): number {
    return this.#options.sizeOf?.(item) ?? 0
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
        const handling = this.#options.handle(item)
        if (handling) await handling
      } catch (error) {
        this.#options.onError(error)
      }
      if (this.#isPaused && this.#waiting.length <= RESUME_AT && this.#waitingSize < PAUSE_AT_SIZE) {
        this.#isPaused = false
        this.#options.resume()
      }
    }
    this.#isRunning = false
  }
}
