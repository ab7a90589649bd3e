import type { Runtime } from '../lib/runtime.ts'
import { ParlanceError } from '../rest/error.ts'
import { backoffMs } from '../wire/backoff.ts'

/** Work in rounds, one after the other, tried again after failures that may pass. */
export class Refreshing {
  readonly #runtime: Pick<Runtime, 'after' | 'random'>
  readonly #round: () => Promise<boolean>
  #isRunning = false
  #attempt = 0
  #cancel: (() => void) | undefined

  /** `round` answers whether another is needed. */
  constructor(runtime: Pick<Runtime, 'after' | 'random'>, round: () => Promise<boolean>) {
    this.#runtime = runtime
    this.#round = round
  }

  /** Nothing where it runs already; what waits to be tried again is tried now. */
  begin(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (await this.#round()) this.#attempt = 0
      this.#attempt = 0
    } catch (error) {
      // Refused for good, as where the account is no member any more: nobody can read it.
      if (!(error instanceof ParlanceError) || error.retryable) this.#again(error)
    } finally {
      this.#isRunning = false
    }
  }

  #again(error: unknown): void {
    this.#attempt += 1
    const asked = error instanceof ParlanceError ? (error.retryAfter ?? 0) : 0
    const wait = Math.max(asked, backoffMs(this.#attempt, this.#runtime.random))
    this.#cancel = this.#runtime.after(wait, () => this.begin())
  }
}
