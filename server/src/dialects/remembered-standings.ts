import type { Standing } from '../core/chat.ts'

/**
 * Where a connection may speak, as far as it has heard: perhaps a moment old, which is enough to send, since the store
 * checks again. Holds nothing until the first send.
 */
export class RememberedStandings<Key> {
  readonly #max: number
  #standings: Map<Key, Standing> | undefined

  /** With one more than `max` all are forgotten. */
  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Standing | undefined {
    return this.#standings?.get(key)
  }

  remember(key: Key, standing: Standing): void {
    // A standing that forbids is read anew each time: no event tells that a block has ended.
    if (standing.isBlocked) return
    this.#standings ??= new Map()
    if (this.#standings.size >= this.#max) this.#standings.clear()
    this.#standings.set(key, standing)
  }

  forget(key: Key): void {
    this.#standings?.delete(key)
  }

  forgetAll(): void {
    this.#standings = undefined
  }
}
