import type { MovingSource } from '../moving.ts'
import type { Row, Table } from '../tables.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { type OneMoment, openOneMoment } from './one-moment.ts'
import { pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'

/** Reads a database as of one moment, while servers may go on using it. Throws `StoreRefusal`. */
export const openPostgresSource = async (url: string): Promise<PostgresSource> =>
  new PostgresSource(
    await openOneMoment(url, { check: ({ connection, database }) => requireCurrent(connection, database) }),
  )

class PostgresSource implements MovingSource {
  readonly #connection: DedicatedConnection
  readonly #database: string

  constructor({ connection, database }: OneMoment) {
    this.#connection = connection
    this.#database = database
  }

  async count({ name }: Table): Promise<number> {
    const [counted] = await this.#connection.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`)
    return counted?.rows ?? 0
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    try {
      yield* pagesOf(this.#connection, table)
    } catch (error) {
      throw refusalOf(error, this.#database)
    }
  }

  /** The value that the nodes have agreed on under that name, as of the same moment. */
  async agreed(name: string): Promise<string | undefined> {
    const [kept] = await this.#connection.query<{ value: string }>(AGREED, [name])
    return kept?.value
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

const AGREED = 'SELECT value FROM settings WHERE name = $1'
