import { report } from '../lib/guard.ts'

/**
 * A send that the store has been handed, and how its request will be answered. The caller that handed it over calls `commit` or
 * `refuse` once. A base class, not an object with a promise: that would cost each message three objects more.
 */
export abstract class PendingWrite<Value = unknown> {
  /** Bytes that its request takes. */
  size = 0
  #inFlight: InFlight | undefined
  #state: 'pending' | 'committed' | 'refused' = 'pending'
  /** The value that was committed, or the error that it was refused with. */
  #outcome: unknown

  /** Called with the outcome once every request before has been answered. */
  protected abstract onCommitted(value: Value): void
  protected abstract onRefused(error: unknown): void

  get isPending(): boolean {
    return this.#state === 'pending'
  }

  commit(value: Value): void {
    this.#settle('committed', value)
  }

  refuse(error: unknown): void {
    this.#settle('refused', error)
  }

  /** Called by the connection's `InFlight` when it is added. */
  join(inFlight: InFlight): void {
    this.#inFlight = inFlight
  }

  /** Called by the connection's `InFlight` when its turn has come. */
  answer(): void {
    if (this.#state === 'refused') this.onRefused(this.#outcome)
    // Only `commit` makes it so, which takes a value of this type.
    else this.onCommitted(this.#outcome as Value)
  }

  #settle(state: 'committed' | 'refused', outcome: unknown): void {
    this.#state = state
    this.#outcome = outcome
    this.#inFlight?.advance()
  }
}

interface InFlightOwner {
  /** Called after each answer, with the size of the write. */
  onAnswered(size: number): void
  /** A bug in a write's `onCommitted` or `onRefused`. */
  onError(error: unknown): void
}

/** The pending writes of one connection, which are answered in the order in which they were added. */
export class InFlight {
  readonly #owner: InFlightOwner
  /** Oldest first. */
  readonly #writes: PendingWrite[] = []
  #whenSettled: PromiseWithResolvers<void> | undefined

  constructor(owner: InFlightOwner) {
    this.#owner = owner
  }

  get count(): number {
    return this.#writes.length
  }

  add(write: PendingWrite): void {
    this.#writes.push(write)
    write.join(this)
    if (!write.isPending) this.advance()
  }

  /** Resolves when nothing is in flight; undefined when nothing is. */
  settled(): Promise<void> | undefined {
    if (this.#writes.length === 0) return undefined
    this.#whenSettled ??= Promise.withResolvers()
    return this.#whenSettled.promise
  }

  /** Answers the oldest for as long as they are settled: a write that was refused early waits for those before it. */
  advance(): void {
    try {
      for (let oldest = this.#writes[0]; oldest && !oldest.isPending; oldest = this.#writes[0]) {
        this.#writes.shift()
        this.#answer(oldest)
        if (this.#writes.length === 0) this.#endWait()
        this.#owner.onAnswered(oldest.size)
      }
    } catch (error) {
      report('task', error)
    }
  }

  #answer(write: PendingWrite): void {
    try {
      write.answer()
    } catch (error) {
      this.#owner.onError(error)
    }
  }

  #endWait(): void {
    this.#whenSettled?.resolve()
    this.#whenSettled = undefined
  }
}

/** Waits for the commit and answers: where requests are handled one at a time. */
export const conclude = (write: PendingWrite): Promise<void> =>
  new Promise((resolve, reject) => {
    new InFlight({ onAnswered: () => resolve(), onError: reject }).add(write)
  })
