import { runAfter } from '../../../lib/timers.ts'
import { within } from '../../../lib/within.ts'
import type { Sql } from './connect.ts'
import type { Rows } from './queryable.ts'

interface Asked {
  readonly rows: Promise<Rows>
  /** Whether the database may have received the question. */
  readonly wasSent: () => boolean
}

/** Whether the driver may have sent the query: only then it notes the query's connection. */
const isOnItsWay = (query: object): boolean => !('state' in query) || query.state !== null

/** A connection that the driver is about to make when it is ended is there, or given up, so long after it. */
const LATE_MS = 6_000

/**
 * Connections that are made, and given up, together. Left to itself the driver ends them once what was sent is
 * answered: for what still queues it then connects again, and these connections nobody ends (postgres 3.4.9).
 */
export class Connections {
  readonly #sql: Sql
  readonly #answered = Promise.withResolvers<void>()
  #unanswered = 0
  #isEnding = false

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Prepared on each of them at its first use. */
  ask(text: string, parameters: readonly unknown[]): Asked {
    const query = this.#sql.unsafe(text, parameters as never[], { prepare: true })
    return { rows: this.#answerOf(query), wasSent: () => isOnItsWay(query) }
  }

  async #answerOf(query: PromiseLike<Rows>): Promise<Rows> {
    this.#unanswered++
    try {
      return await query
    } finally {
      this.#unanswered--
      this.#settle()
    }
  }

  /** Nothing may be asked any more. Questions under way have that many seconds left. */
  async end(graceSeconds: number): Promise<void> {
    this.#isEnding = true
    this.#settle()
    await within(graceSeconds * 1000, 'the database', this.#answered.promise).catch(() => {
      // The driver now rejects what was asked.
    })
    await this.#sql.end({ timeout: 0 })
    // The driver still makes a connection that it was waiting to make.
    runAfter(LATE_MS, () => this.#sql.close()).unref()
  }

  #settle(): void {
    if (this.#isEnding && this.#unanswered === 0) this.#answered.resolve()
  }
}
