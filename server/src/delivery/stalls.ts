interface Stallable {
  onStalled(): void
}

/** Deadlines of stalled sinks, checked by one timer for all of them. */
class Stalls {
  readonly #deadlines = new Map<Stallable, number>()
  #timer: NodeJS.Timeout | undefined

  /** The first deadline counts until it is deleted. */
  add(sink: Stallable, afterMs: number): void {
    if (this.#deadlines.has(sink)) return
    this.#deadlines.set(sink, performance.now() + afterMs)
    this.#timer ??= setInterval(() => this.#sweep(), 1000).unref()
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
      sink.onStalled()
    }
  }
}

export const stalls = new Stalls()
