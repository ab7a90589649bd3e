import { guarded } from '../lib/guard.ts'
import { runEvery } from '../lib/timers.ts'

interface Stallable {
  onStalled(): void
  /** Closes its connection at once, without a close frame. */
  destroy(): void
}

/** A sink whose `onStalled` throws must not keep the sinks behind it waiting. */
const giveUp = guarded(
  'timer',
  (sink: Stallable) => sink.onStalled(),
  (sink) => sink.destroy(),
)

/** Deadlines of stalled sinks, checked by one timer for all of them. */
class Stalls {
  /** Connections of this process that were closed because their peers did not read. */
  slowCloses = 0
  readonly #deadlines = new Map<Stallable, number>()
  #timer: NodeJS.Timeout | undefined

  /** The first deadline counts until it is deleted. */
  add(sink: Stallable, afterMs: number): void {
    if (this.#deadlines.has(sink)) return
    this.#deadlines.set(sink, performance.now() + afterMs)
    this.#timer ??= runEvery(1000, () => this.#sweep()).unref()
  }

  delete(sink: Stallable): void {
    if (!this.#deadlines.delete(sink) || this.#deadlines.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sweep(): void {
    const now = performance.now()
    for (const [sink, at] of this.#deadlines) {
      if (at > now) continue
      this.delete(sink)
      giveUp(sink)
    }
  }
}

export const stalls = new Stalls()
