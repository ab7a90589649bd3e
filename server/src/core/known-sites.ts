import { MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'

/** Microseconds that a site stays known after the last log-in, or use of a session, from there. */
const KNOWN_FOR: Micros = 30 * 24 * 3600 * MICROS_PER_SECOND
/** Microseconds before a site is noted again: sessions in steady use are not noted at each request. */
const NOTED_EVERY: Micros = 3600 * MICROS_PER_SECOND
/** Sites that are remembered at most; beyond that, the longest unused are dropped. */
const MAX_REMEMBERED = 50_000

/**
 * Sites where accounts have proved who they are. Kept in memory only, as data that is not stored cannot be stolen.
 * After a restart the first use of any session makes a site known again.
 */
export class KnownSites {
  readonly #provedAt = new Map<string, Micros>()

  has(site: string, now: Micros): boolean {
    const provedAt = this.#provedAt.get(site)
    return provedAt !== undefined && provedAt + KNOWN_FOR > now
  }

  note(site: string, now: Micros): void {
    const provedAt = this.#provedAt.get(site)
    if (provedAt !== undefined && provedAt + NOTED_EVERY > now) return
    // Deleted first: a map keeps its keys in the order they were set, so the first is the longest unused.
    this.#provedAt.delete(site)
    this.#provedAt.set(site, now)
    if (this.#provedAt.size <= MAX_REMEMBERED) return
    for (const oldest of this.#provedAt.keys()) {
      this.#provedAt.delete(oldest)
      return
    }
  }
}
