import { runAfter } from '../../lib/timers.ts'
import { engineCode } from './failure.ts'
import type { SearchFollower } from './search-follower.ts'

/** Milliseconds between two looks for messages that are not indexed yet. */
const LOOK_MS = 200

/** The part of its time for which batches keep the writer's thread busy while the main thread has no time left. */
const BUSY_AT_FULL = 0.25

/**
 * The time between two steps, in times of a step, on a server that is full; in proportion, on one that is busy for a
 * part of its time. So the index has 2 % of a thread under a flood, and all of one that is idle.
 */
const REST_AT_FULL = 40

/** Milliseconds until the next try after a defect of ours. */
const AFTER_DEFECT_MS = 60_000

interface FollowingOptions {
  readonly follower: SearchFollower
  /** Edits and deletions that have changed the index. */
  readonly settledWords: () => number
  /** Called after each step that has written something. */
  readonly onWritten: () => void
  readonly onDefect: (defect: Error) => void
}

/** Has the follower take its steps on the writer's thread, between the batches. */
export class Following {
  readonly #options: FollowingOptions
  #timer: NodeJS.Timeout
  /** Milliseconds that batches have taken since the last step. */
  #busyMs = 0
  #steppedAt = performance.now()

  constructor(options: FollowingOptions) {
    this.#options = options
    this.#timer = this.#after(LOOK_MS)
  }

  /** Others have written for so many milliseconds: the next step leaves them time. */
  noteBatch(ms: number): void {
    this.#busyMs += ms
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
    const { follower, settledWords, onWritten, onDefect } = this.#options
    const startedAt = performance.now()
    const busyPart = this.#busyMs / Math.max(1, startedAt - this.#steppedAt)
    this.#busyMs = 0
    try {
      if (follower.step() === 0 && !follower.forget(settledWords())) {
        this.#steppedAt = startedAt
        return LOOK_MS
      }
      onWritten()
      this.#steppedAt = performance.now()
      return Math.min(1, busyPart / BUSY_AT_FULL) * REST_AT_FULL * (this.#steppedAt - startedAt)
    } catch (error) {
      // A failure of the engine, as on a full disk, may be over at the next try.
      if (engineCode(error) !== undefined) return LOOK_MS
      onDefect(error instanceof Error ? error : new Error(String(error)))
      return AFTER_DEFECT_MS
    }
  }
}
