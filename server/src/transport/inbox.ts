export interface InboxOptions<T> {
  readonly handle: (item: T) => Promise<void> | void
  /** Stops and restarts the reading of the peer's socket. */
  readonly pause: () => void
  readonly resume: () => void
  /** A bug in `handle`, which answers expected refusals itself. */
  readonly onError: (error: unknown) => void
}

/** Items that may wait before the peer's socket is no longer read. */
const PAUSE_AT = 64
const RESUME_AT = 16

/** Handles what one connection asks, strictly one after another. A flood is slowed at its source. */
export class Inbox<T> {
  readonly #options: InboxOptions<T>
  #waiting: T[] = []
  #isRunning = false
  #isPaused = false

  constructor(options: InboxOptions<T>) {
    this.#options = options
  }

  push(item: T): void {
    this.#waiting.push(item)
    if (this.#waiting.length >= PAUSE_AT && !this.#isPaused) {
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
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      try {
        await this.#options.handle(item)
      } catch (error) {
        this.#options.onError(error)
      }
      if (this.#isPaused && this.#waiting.length <= RESUME_AT) {
        this.#isPaused = false
        this.#options.resume()
      }
    }
    this.#isRunning = false
  }
}
