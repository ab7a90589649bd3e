import type { PresenceSets } from '../bus/bus.ts'
import { runAfter } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'

const MISSES = 'pusher:announced:cache-misses'
/** Milliseconds for which one webhook for a channel is enough, over all nodes. */
const QUIET_MS = 10_000
/** Channels whose webhook is remembered for that time; misses of more are not told. */
const MAX_CHANNELS = 10_000

/** Tells the application, once for many subscribers, that a cache channel has no last event. */
export class CacheMisses {
  readonly #sets: PresenceSets
  readonly #log: Logger
  readonly #quietMs: number
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(sets: PresenceSets, log: Logger, quietMs = QUIET_MS) {
    this.#sets = sets
    this.#log = log
    this.#quietMs = quietMs
  }

  /** Calls `tell` when no node has reported the channel lately. */
  async add(channel: string, tell: () => void): Promise<void> {
    if (this.#timers.has(channel) || this.#timers.size >= MAX_CHANNELS) return
    this.#timers.set(channel, runAfter(this.#quietMs, () => this.#forget(channel)).unref())
    try {
      if (await this.#sets.enter(MISSES, channel)) tell()
    } catch (err) {
      this.#log.warn({ err }, 'a webhook may be missing')
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#timers.keys()].map((channel) => this.#forget(channel)))
  }

  async #forget(channel: string): Promise<void> {
    clearTimeout(this.#timers.get(channel))
    this.#timers.delete(channel)
    try {
      await this.#sets.leave(MISSES, channel)
    } catch (err) {
      this.#log.warn({ err }, 'a webhook may be missing')
    }
  }
}
