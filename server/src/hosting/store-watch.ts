import { ChatError } from '../core/chat.ts'
import { runEvery } from '../lib/timers.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import type { Store } from '../store/store.ts'
import { withRefusalListener } from './refusal-listener.ts'

/** Milliseconds between probes while the store fails. */
const PROBE_EVERY_MS = 1_000
/** Milliseconds after a refusal until the store is ready: on an almost full disk a small write still succeeds. */
const UNREADY_MS = 2_000
/** Milliseconds without a refusal after which a failure is over; with shorter pauses it is one failure in the log. */
const OVER_MS = 5_000

interface StoreWatchOptions {
  readonly log: Logger
  readonly metrics: Metrics
}

/**
 * Counts refusals because the store fails. Logs one line when a failure begins and one when it is over, however many
 * are refused in between.
 */
export class StoreWatch {
  readonly #options: StoreWatchOptions
  #probing: NodeJS.Timeout | undefined
  #ping: (() => Promise<void>) | undefined
  #refusals = 0
  #failedAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  #hearUnknown: (() => void) | undefined

  constructor(options: StoreWatchOptions) {
    this.#options = options
    options.metrics.watchStore(() => this.#probing === undefined)
  }

  /** The same store, whose refusals are watched from now on. */
  watch(store: Store): Store {
    this.#ping = () => store.ping()
    return withRefusalListener(store, (error) => this.refused(error))
  }

  /** Has the listener told, from now on, of each write of which nobody knows whether it is stored. */
  onUnknown(listener: () => void): void {
    this.#hearUnknown = listener
  }

  /** Resolves when the store answers, takes a write, and has refused nothing for two seconds. */
  async ping(): Promise<void> {
    try {
      await this.#ping?.()
    } catch (error) {
      this.#fails(error)
      throw error
    }
    const quietMs = performance.now() - this.#failedAt
    if (quietMs > OVER_MS) this.#end()
    if (quietMs < UNREADY_MS) throw new Error('the store has just refused something')
  }

  /** Notes that the store fails: logs it, and probes the store until it works again. */
  begin(error: unknown): void {
    if (this.#probing || this.#isClosed) return
    this.#refusals = 0
    this.#options.log.error(
      reasonOf(error),
      'the store fails: what it cannot do is refused until it works again',
    )
    this.#probing = runEvery(PROBE_EVERY_MS, () => this.#probe())
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#probing)
  }

  #fails(error: unknown): void {
    this.#failedAt = performance.now()
    this.begin(error)
  }

  /** Notes what the store has refused, in case it was because it fails. */
  refused(error: unknown): void {
    if (!(error instanceof ChatError)) return
    const { code } = error
    if (code !== 'unavailable' && code !== 'outcome_unknown' && code !== 'busy') return
    this.#options.metrics.countStoreRefusal(code)
    if (code === 'busy') return
    this.#fails(error)
    this.#refusals++
    if (code === 'outcome_unknown') this.#hearUnknown?.()
  }

  async #probe(): Promise<void> {
    await this.ping().catch(() => {
      // The failure is known, and logged already.
    })
  }

  #end(): void {
    if (!this.#probing || this.#isClosed) return
    clearInterval(this.#probing)
    this.#probing = undefined
    this.#options.log.info({ refusals: this.#refusals }, 'the store works again')
  }
}

/** The reason without the statement and its rows: what people write stays out of the log. */
function reasonOf(error: unknown): { readonly reason: string; readonly code?: unknown } {
  const cause = error instanceof ChatError && error.cause !== undefined ? error.cause : error
  if (!(cause instanceof Error)) return { reason: String(cause) }
  const code = 'errcode' in cause ? cause.errcode : 'code' in cause ? cause.code : undefined
  return { reason: cause.message || String(code), ...(code !== undefined && { code }) }
}
