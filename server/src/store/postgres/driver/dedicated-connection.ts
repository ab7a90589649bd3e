import { runAfter } from '../../../lib/timers.ts'
import { within } from '../../../lib/within.ts'
import type { Row } from '../../tables.ts'
import type { Sql } from './connect.ts'

type Reserved = Awaited<ReturnType<Sql['reserve']>>

/** Milliseconds until the first answer: the driver gives up connecting after 5 s, but never if accepted and closed. */
const FIRST_ANSWER_MS = 6_000

interface DedicatedConnectionOptions {
  readonly sql: Sql
  readonly reserved: Reserved
  readonly loss: AbortSignal
  readonly isPooled: boolean
}

/**
 * The one connection of a migration or a move. Once lost it is not made anew, since what it had begun would not
 * come with it: everything then fails with the code CONNECTION_CLOSED.
 */
export class DedicatedConnection {
  /** Whether a pooler is in between: the process that answers is not the one that was connected to. */
  readonly isPooled: boolean
  readonly #sql: Sql
  readonly #reserved: Reserved
  readonly #loss: AbortSignal

  static async open(connect: (onLost: () => void) => Sql): Promise<DedicatedConnection> {
    const loss = new AbortController()
    const sql = connect(() => loss.abort(new ConnectionLost()))
    try {
      // Over no connection yet, the driver would wait for ever for one to reserve (postgres 3.4.9).
      const asked = sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
      // A service that is no PostgreSQL, or a proxy in front of none, accepts connections, and nothing ends the wait.
      const answer = await within(FIRST_ANSWER_MS, 'the database', asked)
      const isPooled = answer.state.pid !== answer[0]?.pid
      return new DedicatedConnection({ sql, reserved: await sql.reserve(), loss: loss.signal, isPooled })
    } catch (error) {
      await sql.end({ timeout: 0 })
      // The driver still makes a connection that it waited to make: close that too.
      runAfter(FIRST_ANSWER_MS, () => sql.close()).unref()
      throw error
    }
  }

  private constructor({ sql, reserved, loss, isPooled }: DedicatedConnectionOptions) {
    this.isPooled = isPooled
    this.#sql = sql
    this.#reserved = reserved
    this.#loss = loss
  }

  /** Prepared if it has parameters. */
  async query<Result>(
    text: string,
    parameters: readonly (string | readonly string[])[] = [],
  ): Promise<Result[]> {
    const rows = await this.#answered(this.#ask(text, parameters))
    // The statement selects what its caller says.
    return Array.from(rows) as Result[]
  }

  async tuples(text: string): Promise<readonly Row[]> {
    return (await this.#answered(this.#ask(text, []).values())) as unknown as readonly Row[]
  }

  /** One transaction: what the work asks is committed, or nothing of it. */
  async commit<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.query('BEGIN')
      const result = await work()
      await this.query('COMMIT')
      return result
    } catch (error) {
      await this.query('ROLLBACK').catch(() => {
        // Where the connection is gone, so is the transaction.
      })
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 0 })
  }

  /** Refuses on a lost connection, where the driver would throw out of everyone's reach. */
  #ask(text: string, parameters: readonly (string | readonly string[])[]) {
    this.#loss.throwIfAborted()
    return this.#reserved.unsafe(text, parameters as never[], { prepare: parameters.length > 0 })
  }

  /** Rejects when the connection is lost: the driver never settles queries that it had not written (postgres 3.4.9). */
  async #answered<T>(asked: PromiseLike<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const fail = () => reject(this.#loss.reason)
    this.#loss.addEventListener('abort', fail, { once: true })
    asked.then(resolve, reject)
    try {
      return await promise
    } finally {
      this.#loss.removeEventListener('abort', fail)
    }
  }
}

class ConnectionLost extends Error {
  readonly code = 'CONNECTION_CLOSED'
}
