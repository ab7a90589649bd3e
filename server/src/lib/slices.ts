import { runNextTurn } from './timers.ts'

/** Milliseconds that all long work together may hold the event loop in one of its turns. */
const SLICE_MS = 3

/**
 * Shares each turn of the event loop between all long work and everything else. Work that can be interrupted
 * asks `pause` every few tenths of a millisecond.
 */
class Slices {
  #endsAt = 0
  /** Whether long work has run in this turn. */
  #isOpen = false
  readonly #waiting: (() => void)[] = []

  /** Undefined while this turn has time left; else resolves in a later turn, after earlier calls. */
  pause(): Promise<void> | undefined {
    if (!this.#isOpen) this.#open()
    else if (this.#waiting.length > 0 || performance.now() >= this.#endsAt) {
      return new Promise((resolve) => this.#waiting.push(resolve))
    }
    return undefined
  }

  #open(): void {
    this.#isOpen = true
    this.#endsAt = performance.now() + SLICE_MS
    runNextTurn(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isOpen = false
    const next = this.#waiting.shift()
    if (!next) return
    this.#open()
    next()
  }
}

const slices = new Slices()

/**
 * Await it in long work wherever that may be interrupted: `await pause()`, or, where even a microtask is too much,
 * `const turn = pause()` and `if (turn) await turn`.
 */
export const pause = (): Promise<void> | undefined => slices.pause()
