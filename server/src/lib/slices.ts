import { runNextTurn } from './timers.ts'

/** So long, in milliseconds, may long work hold the event loop in one of its turns, however many do such work. */
const SLICE_MS = 3

/**
 * Shares each turn of the event loop between all that have long work and everybody else. Work that can be
 * interrupted asks `pause` every few tenths of a millisecond.
 */
class Slices {
  #endsAt = 0
  /** Work has been done in this turn. */
  #isOpen = false
  readonly #waiting: (() => void)[] = []

  /** Undefined while this turn has time left; else resolves in a later turn, after those who asked earlier. */
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
