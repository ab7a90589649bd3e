import type { Sink } from './sink.ts'

/** The sinks that have read a change already. */
export type Knowing = Pick<ReadonlySet<Sink>, 'has'>

/**
 * Sinks of one conversation that have read more of its log than has been told to its audience yet. A commit can be read
 * before its news has come: from the writing thread, or from another node. In a conversation that has been quiet since
 * the audience began all have read to the same change, so only the others are kept.
 */
export class SinksAhead {
  /** By the change up to which they have read, if it is another than `#common`. */
  readonly #sinks = new Map<number, Set<Sink>>()
  /** The last change that was told; 0 before the first. */
  #told = 0
  /** The change up to which all have read, but for those `#behind`; undefined once it has been told. */
  #common: number | undefined
  #behind: Set<Sink> | undefined

  /** The sink has read up to that change. `isAlone` says that the audience has no other sink. */
  add(sink: Sink, lastChange: number, isAlone: boolean): void {
    const isAhead = lastChange > this.#told
    if (isAhead && isAlone && this.#common === undefined) this.#common = lastChange
    if (this.#common !== undefined && lastChange < this.#common) this.addBehind(sink)
    if (!isAhead || lastChange === this.#common) return
    const known = this.#sinks.get(lastChange)
    if (known) known.add(sink)
    else this.#sinks.set(lastChange, new Set([sink]))
  }

  /** The sink has read nothing that is not told yet. */
  addBehind(sink: Sink): void {
    if (this.#common === undefined) return
    this.#behind ??= new Set()
    this.#behind.add(sink)
  }

  delete(sink: Sink): void {
    this.#behind?.delete(sink)
    if (this.#sinks.size === 0) return
    for (const [lastChange, sinks] of this.#sinks)
      if (sinks.delete(sink) && sinks.size === 0) this.#sinks.delete(lastChange)
  }

  /** That change is told now: the sinks that have read it already; undefined when there are none, as nearly always. */
  knowing(change: number): Knowing | undefined {
    this.#told = Math.max(this.#told, change)
    let ahead: ReadonlySet<Sink> | undefined
    for (const [lastChange, sinks] of this.#sinks) {
      if (change <= lastChange) ahead = ahead ? sinks.union(ahead) : sinks
      if (change >= lastChange) this.#sinks.delete(lastChange)
    }
    return this.#allButBehind(change, ahead) ?? ahead
  }

  #allButBehind(change: number, ahead: ReadonlySet<Sink> | undefined): Knowing | undefined {
    const common = this.#common
    if (common === undefined) return undefined
    const behind = this.#behind
    if (change >= common) this.#common = this.#behind = undefined
    if (change > common) return undefined
    return { has: (sink) => !behind?.has(sink) || ahead?.has(sink) === true }
  }
}
