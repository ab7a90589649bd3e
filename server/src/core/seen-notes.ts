import type { Clock } from '../lib/clock.ts'
import { runAfter } from '../lib/timers.ts'
import type { AccountStore } from '../store/store.ts'
import type { AccountId } from './types.ts'

/** Milliseconds in which the notes that come close together are gathered. */
const WINDOW_MS = 25

/**
 * Notes when accounts were last seen. One that comes alone is written at once; those of the time behind it wait, and are
 * written together. When thousands come back at once, each would be a commit, after which a store may have to read anew
 * what it had in memory.
 */
export class SeenNotes {
  readonly #accounts: Pick<AccountStore, 'setSeen'>
  readonly #clock: Clock
  /** Resolves at the end of the window that is open. */
  #window: Promise<void> | undefined
  #isAwaited = false

  constructor(accounts: Pick<AccountStore, 'setSeen'>, clock: Clock) {
    this.#accounts = accounts
    this.#clock = clock
  }

  /** Resolves once it is stored, within moments. Rejects as the store does. */
  async note(accountId: AccountId): Promise<void> {
    const at = this.#clock.nowMicros()
    if (this.#window) {
      this.#isAwaited = true
      await this.#window
    } else this.#open()
    await this.#accounts.setSeen(accountId, at)
  }

  #open(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#window = promise
    runAfter(WINDOW_MS, () => {
      this.#window = undefined
      // Those that waited are written now, and have others wait behind them.
      if (this.#isAwaited) this.#open()
      this.#isAwaited = false
      resolve()
    })
  }
}
