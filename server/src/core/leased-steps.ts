import { setTimeout } from 'node:timers/promises'
import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import { newUuid } from '../lib/ids.ts'
import type { RetentionStore } from '../store/store.ts'

/** How many times as long as a step took nothing is done after it: so few sends meet one. */
const REST = 9
/** While one node works no other does. Renewed by each step, so that a dead node's is free a minute later. */
const LEASE_MICROS = 60 * MICROS_PER_SECOND

interface LeasedStepsParts {
  readonly store: Pick<RetentionStore, 'lease'>
  readonly clock: Clock
  /** Name of the work: one node at a time does it. */
  readonly name: string
}

/** Work in many small steps, with rests between them, by one node at a time. Each step may be the last. */
export class LeasedSteps {
  readonly #parts: LeasedStepsParts
  readonly #holder = newUuid()
  readonly #closing = new AbortController()

  constructor(parts: LeasedStepsParts) {
    this.#parts = parts
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Ends `takeAll` after the step under way. */
  close(): void {
    this.#closing.abort()
  }

  /** Takes a step again and again, until it answers that nothing is left. False where another node works, or this is closed. */
  async takeAll(step: () => Promise<boolean>): Promise<boolean> {
    while (!this.isClosed && (await this.#lease())) {
      const startedAt = performance.now()
      if (!(await step())) return true
      await this.#rest(REST * (performance.now() - startedAt))
    }
    return false
  }

  #lease(): Promise<boolean> {
    const { store, clock, name } = this.#parts
    const at = clock.nowMicros()
    return store.lease({ name, holder: this.#holder, at, until: at + LEASE_MICROS })
  }

  async #rest(ms: number): Promise<void> {
    try {
      await setTimeout(ms, undefined, { ref: false, signal: this.#closing.signal })
    } catch (error) {
      if (!this.isClosed) throw error
    }
  }
}
