import { report } from '../lib/guard.ts'

/** A write that the store has been handed and that is not committed yet, and how its request will be answered. */
export interface PendingWrite<Value = unknown> {
  readonly committed: Promise<Value>
  /** Called with what `committed` resolves to, once every request before has been answered. */
  onCommitted(value: Value): void
  /** Called with what `committed` is rejected with, in the same order. */
  onRefused(error: unknown): void
}

/** Waits for the commit and answers: where requests are handled one at a time. */
export const conclude = (write: PendingWrite): Promise<void> =>
  write.committed.then(
    (value) => write.onCommitted(value),
    (error: unknown) => write.onRefused(error),
  )

interface Entry {
  readonly write: PendingWrite
  readonly size: number
  state: 'pending' | 'committed' | 'refused'
  /** The value that `write.committed` resolved to, or the error that rejected it. */
  outcome: unknown
}

interface InFlightOwner {
  /** Called after each answer, with the size that came with the write. */
  onAnswered(size: number): void
  /** A bug in a write's `onCommitted` or `onRefused`. */
  onError(error: unknown): void
}

/** The pending writes of one connection, which are answered in the order in which they were added. */
export class InFlight {
  readonly #owner: InFlightOwner
  /** Oldest first. */
  readonly #entries: Entry[] = []
  #whenSettled: PromiseWithResolvers<void> | undefined

  constructor(owner: InFlightOwner) {
    this.#owner = owner
  }

  get count(): number {
    return this.#entries.length
  }

  /** `size`: how much memory its request takes. */
  add(write: PendingWrite, size: number): void {
    const entry: Entry = { write, size, state: 'pending', outcome: undefined }
    this.#entries.push(entry)
    write.committed.then(
      (value) => this.#settle(entry, 'committed', value),
      (error: unknown) => this.#settle(entry, 'refused', error),
    )
  }

  /** Resolves when nothing is in flight; undefined when nothing is. */
  settled(): Promise<void> | undefined {
    if (this.#entries.length === 0) return undefined
    this.#whenSettled ??= Promise.withResolvers()
    return this.#whenSettled.promise
  }

  /** Answers the oldest for as long as they are settled: a write that was refused early waits for those before it. */
  #settle(entry: Entry, state: Entry['state'], outcome: unknown): void {
    entry.state = state
    entry.outcome = outcome
    try {
      for (let oldest = this.#entries[0]; oldest && oldest.state !== 'pending'; oldest = this.#entries[0]) {
        this.#entries.shift()
        this.#answer(oldest)
        if (this.#entries.length === 0) this.#endWait()
        this.#owner.onAnswered(oldest.size)
      }
    } catch (error) {
      report('task', error)
    }
  }

  #answer({ write, state, outcome }: Entry): void {
    try {
      if (state === 'refused') write.onRefused(outcome)
      else write.onCommitted(outcome)
    } catch (error) {
      this.#owner.onError(error)
    }
  }

  #endWait(): void {
    this.#whenSettled?.resolve()
    this.#whenSettled = undefined
  }
}
