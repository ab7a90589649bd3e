import type { ReservedSql } from 'postgres'
import type { Row } from '../tables.ts'
import { connectForMoving, type Sql } from './database.ts'

type Reserved = ReservedSql<{ bigint: number }>

/**
 * The one connection of a move. Once lost it is not made anew, since what it had begun would not come with it:
 * everything then fails with the code CONNECTION_CLOSED.
 */
export class Held {
  readonly #sql: Sql
  readonly #reserved: Reserved
  readonly #isLost: () => boolean

  static async open(url: string): Promise<Held> {
    let isLost = false
    const sql = connectForMoving(url, () => {
      isLost = true
    })
    try {
      return new Held(sql, await sql.reserve(), () => isLost)
    } catch (error) {
      await sql.end({ timeout: 0 })
      throw error
    }
  }

  private constructor(sql: Sql, reserved: Reserved, isLost: () => boolean) {
    this.#sql = sql
    this.#reserved = reserved
    this.#isLost = isLost
  }

  /** Prepared if it has parameters. */
  async query<Result>(
    text: string,
    parameters: readonly (string | readonly string[])[] = [],
  ): Promise<Result[]> {
    const rows = await this.#run(text, parameters)
    // The statement selects what its caller says.
    return Array.from(rows) as Result[]
  }

  async tuples(text: string): Promise<readonly Row[]> {
    return (await this.#run(text, []).values()) as unknown as readonly Row[]
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 0 })
  }

  /** Of a lost connection the driver would throw where nobody can catch it. */
  #run(text: string, parameters: readonly (string | readonly string[])[]) {
    if (this.#isLost()) throw new ConnectionLost()
    return this.#reserved.unsafe(text, parameters as never[], { prepare: parameters.length > 0 })
  }
}

class ConnectionLost extends Error {
  readonly code = 'CONNECTION_CLOSED'
}
