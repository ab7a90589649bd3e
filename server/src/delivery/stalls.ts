/** Deadlines of stalled sinks, checked by one timer for all of them. */
class Stalls {
  readonly #deadlines = new Map<object, { at: number; onDue: () => void }>()
  #timer: NodeJS.Timeout | undefined

  /** The first deadline of a key counts until it is deleted. */
  add(key: object, afterMs: number, onDue: () => void): void {
    if (this.#deadlines.has(key)) return
    this.#deadlines.set(key, { at: performance.now() + afterMs, onDue })
    this.#timer ??= setInterval(() => this.#sweep(), 1000).unref()
  }

  delete(key: object): void {
    if (!this.#deadlines.delete(key) || this.#deadlines.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sweep(): void {
    const now = performance.now()
    for (const [key, { at, onDue }] of this.#deadlines) {
      if (at > now) continue
      this.delete(key)
      onDue()
    }
  }
}

export const stalls = new Stalls()
