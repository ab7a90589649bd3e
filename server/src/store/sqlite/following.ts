import { runAfter } from '../../lib/timers.ts'
import { engineCode } from './failure.ts'
import type { SearchFollower } from './search-follower.ts'

/** Milliseconds between two looks for messages that are not indexed yet. */
const LOOK_MS = 200

/** While others write, the time between two steps is that many times the time of a step. */
const REST = 2

/** Milliseconds until the next try after a defect of ours. */
const AFTER_DEFECT_MS = 60_000

interface FollowingOptions {
  readonly follower: SearchFollower
  /** Called after each step that has written something. */
  readonly onWritten: () => void
  readonly onDefect: (defect: Error) => void
}

/** Has the follower take its steps on the writer's thread, between the batches. */
export class Following {
  readonly #options: FollowingOptions
  #timer: NodeJS.Timeout
  #isBusy = false

  constructor(options: FollowingOptions) {
    this.#options = options
    this.#timer = this.#after(LOOK_MS)
  }

  /** Others have written: the next step leaves them time. */
  noteBatch(): void {
    this.#isBusy = true
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #after(ms: number): NodeJS.Timeout {
    return runAfter(ms, () => {
      this.#timer = this.#after(this.#step())
    })
  }

  /** Answers how many milliseconds to wait for the next. */
  #step(): number {
    const { follower, onWritten, onDefect } = this.#options
    const startedAt = performance.now()
    const isBusy = this.#isBusy
    this.#isBusy = false
    try {
      if (follower.step() === 0) return LOOK_MS
      onWritten()
      return isBusy ? REST * (performance.now() - startedAt) : 0
    } catch (error) {
      // A failure of the engine, as on a full disk, may be over at the next try.
      if (engineCode(error) !== undefined) return LOOK_MS
      onDefect(error instanceof Error ? error : new Error(String(error)))
      return AFTER_DEFECT_MS
    }
  }
}
