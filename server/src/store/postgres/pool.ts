import type { Sql } from './database.ts'

/** What statements are sent to. */
export interface Queryable {
  unsafe(...query: Parameters<Sql['unsafe']>): ReturnType<Sql['unsafe']>
  /** The next query goes over new connections: what was asked over these was not answered. */
  renew(): void
}

export interface PoolOptions {
  readonly open: (onLost: () => void) => Sql
  /** How long queries that are still on their way in replaced connections may take. 0: they never run. */
  readonly graceSeconds: number
}

/**
 * Connections that are all replaced when one of them is lost, as by a restart of the database: one of the
 * driver's that is lost while it has something to write never sends a word again, and only fails after its
 * time to connect is up (postgres 3.4.9; pull requests 1176, 1209 and 1215 of porsager/postgres).
 */
export class Pool implements Queryable {
  readonly #options: PoolOptions
  #sql: Sql | undefined

  /** Connects when first used. */
  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** The present connections. */
  get sql(): Sql {
    this.#sql ??= this.#connect()
    return this.#sql
  }

  unsafe(...query: Parameters<Sql['unsafe']>): ReturnType<Sql['unsafe']> {
    return this.sql.unsafe(...query)
  }

  renew(): void {
    const sql = this.#sql
    this.#sql = undefined
    // Not while the driver is telling of the loss.
    if (sql) setImmediate(() => void sql.end({ timeout: this.#options.graceSeconds }))
  }

  /** Waits so many seconds for what is on its way. */
  async end(timeout: number): Promise<void> {
    const sql = this.#sql
    this.#sql = undefined
    await sql?.end({ timeout })
  }

  #connect(): Sql {
    const sql = this.#options.open(() => {
      if (this.#sql === sql) this.renew()
    })
    return sql
  }
}
