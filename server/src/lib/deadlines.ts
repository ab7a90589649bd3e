import type { Clock, Micros } from './clock.ts'
import { guarded } from './guard.ts'
import { runEvery } from './timers.ts'

const LOOK_EVERY_MS = 1000

/** A time by which something ends. */
export interface Deadline {
  /** Moves the deadline to a later time; an earlier one changes nothing. */
  extend(at: Micros): void
  cancel(): void
}

interface Entry {
  at: Micros
  readonly end: () => void
}

/**
 * Ends things at a time of day, at most a second late. A timer for each would stand still while the machine sleeps,
 * or run on when its clock is set. One timer serves all deadlines, and runs while there are any.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #entries = new Set<Entry>()
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(at: Micros, end: () => void): Deadline {
    const entry: Entry = { at, end: guarded('timer', end) }
    this.#entries.add(entry)
    this.#timer ??= runEvery(LOOK_EVERY_MS, () => this.#look()).unref()
    return {
      extend: (later) => {
        entry.at = Math.max(entry.at, later)
      },
      cancel: () => this.#remove(entry),
    }
  }

  #look(): void {
    const now = this.#clock.nowMicros()
    for (const entry of this.#entries) {
      if (now <= entry.at) continue
      this.#remove(entry)
      entry.end()
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry)
    if (this.#entries.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
