import { MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'

/** A site is known for so long from the last log-in, or use of a session, that came from there. */
const KNOWN_FOR: Micros = 30 * 24 * 3600 * MICROS_PER_SECOND
/** Sessions in steady use are noted so often, not at each request. */
const NOTED_EVERY: Micros = 3600 * MICROS_PER_SECOND
/** Sites that are remembered; past it the longest unused go. */
const MAX_REMEMBERED = 50_000

/**
 * Where accounts have proved who they are. Kept in memory only: what nobody stores, nobody can steal, and after a
 * restart the first use of any session makes a site known again.
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
