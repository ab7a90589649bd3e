import type { Sql } from './database.ts'

/** What statements are sent to. */
export interface Queryable {
  unsafe(...query: Parameters<Sql['unsafe']>): ReturnType<Sql['unsafe']>
}

/** How long queries that are still on their way in replaced connections may take, in seconds. */
const GRACE_S = 5

/**
 * Connections that are all replaced when one of them is lost, as by a restart of the database: one of the
 * driver's that is lost while it has something to write never sends a word again, and only fails after its
 * time to connect is up (postgres 3.4.9; pull requests 1176, 1209 and 1215 of porsager/postgres).
 */
export class Pool implements Queryable {
  readonly #open: (onLost: () => void) => Sql
  #sql: Sql | undefined

  /** Connects when first used. */
  constructor(open: (onLost: () => void) => Sql) {
    this.#open = open
  }

  /** The present connections. */
  get sql(): Sql {
    this.#sql ??= this.#connect()
    return this.#sql
  }

  unsafe(...query: Parameters<Sql['unsafe']>): ReturnType<Sql['unsafe']> {
    return this.sql.unsafe(...query)
  }

  /** The next query goes over new connections. */
  renew(): void {
    const sql = this.#sql
    this.#sql = undefined
    // Not while the driver is telling of the loss.
    if (sql) setImmediate(() => void sql.end({ timeout: GRACE_S }))
  }

  /** Waits so many seconds for what is on its way. */
  async end(timeout: number): Promise<void> {
    const sql = this.#sql
    this.#sql = undefined
    await sql?.end({ timeout })
  }

  #connect(): Sql {
    const sql = this.#open(() => {
      if (this.#sql === sql) this.renew()
    })
    return sql
  }
}
