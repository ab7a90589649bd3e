import type { Sink } from './sink.ts'

/**
 * Sinks of one conversation that have read more of its log than has been told to its audience yet. A commit can be read
 * before its news has come: from the writing thread, or from another node.
 */
export class SinksAhead {
  /** By the change up to which they have read. */
  readonly #sinks = new Map<number, Set<Sink>>()
  /** The last change that was told; 0 before the first. */
  #told = 0

  /** The sink has read up to that change. */
  add(sink: Sink, lastChange: number): void {
    if (lastChange <= this.#told) return
    const known = this.#sinks.get(lastChange)
    if (known) known.add(sink)
    else this.#sinks.set(lastChange, new Set([sink]))
  }

  delete(sink: Sink): void {
    for (const [lastChange, sinks] of this.#sinks)
      if (sinks.delete(sink) && sinks.size === 0) this.#sinks.delete(lastChange)
  }

  /** That change is told now: the sinks that have read it already; undefined when there are none, as nearly always. */
  knowing(change: number): ReadonlySet<Sink> | undefined {
    this.#told = Math.max(this.#told, change)
    let knowing: ReadonlySet<Sink> | undefined
    for (const [lastChange, sinks] of this.#sinks) {
      if (change <= lastChange) knowing = knowing ? sinks.union(knowing) : sinks
      if (change >= lastChange) this.#sinks.delete(lastChange)
    }
    return knowing
  }
}
