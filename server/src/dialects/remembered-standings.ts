import { maySend, type Standing } from '../core/chat.ts'

/** Milliseconds. By then a group may have another name, and its old one may be another's. */
const REMEMBERED_MS = 10_000

interface Remembered {
  readonly standing: Standing
  readonly until: number
}

/**
 * Where a connection may speak, as far as it has heard: perhaps a moment old, which is enough to send, since the store
 * checks again. Holds nothing until the first send.
 */
export class RememberedStandings<Key> {
  readonly #max: number
  #standings: Map<Key, Remembered> | undefined

  /** With one more than `max` all are forgotten. */
  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Standing | undefined {
    const remembered = this.#standings?.get(key)
    return remembered && performance.now() < remembered.until ? remembered.standing : undefined
  }

  remember(key: Key, standing: Standing): void {
    // A standing that forbids is read anew each time: no event tells that a block has ended, or a role is higher.
    if (!maySend(standing)) return
    this.#standings ??= new Map()
    if (this.#standings.size >= this.#max) this.#standings.clear()
    this.#standings.set(key, { standing, until: performance.now() + REMEMBERED_MS })
  }

  forget(key: Key): void {
    this.#standings?.delete(key)
  }

  forgetAll(): void {
    this.#standings = undefined
  }
}
