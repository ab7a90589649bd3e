/** Thrown by `Semaphore.run` when as many tasks wait as its bound allows. */
export class QueueFull extends Error {
  constructor() {
    super('too much work is waiting')
  }
}

/** Runs tasks with bounded concurrency; at most `maxWaiting` wait, the next is refused with `QueueFull`. */
export class Semaphore {
  readonly #concurrency: number
  readonly #maxWaiting: number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(bounds: { concurrency: number; maxWaiting: number }) {
    this.#concurrency = bounds.concurrency
    this.#maxWaiting = bounds.maxWaiting
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= this.#maxWaiting) throw new QueueFull()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await task()
    } finally {
      // Hands its place to the next in line, so that `#running` stays what it was.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
