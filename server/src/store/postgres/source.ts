import { shownPostgres } from '../../lib/postgres-address.ts'
import type { MovingSource } from '../moving.ts'
import type { Row, Table } from '../tables.ts'
import { openForMoving } from './database.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'

/** Reads a database as of one moment, while servers may go on using it. Throws `StoreRefusal`. */
export async function openPostgresSource(url: string): Promise<PostgresSource> {
  const database = shownPostgres(url)
  try {
    await using opened = new AsyncDisposableStack()
    const connection = await openForMoving(url)
    opened.defer(() => connection.close())
    await connection.query(ONE_MOMENT)
    await requireCurrent(connection, database)
    opened.move()
    return new PostgresSource(connection, database)
  } catch (error) {
    throw refusalOf(error, database)
  }
}

// No timeout: the reader of the rows may take long between two of them.
const ONE_MOMENT = `
  SET idle_in_transaction_session_timeout = 0;
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

class PostgresSource implements MovingSource {
  readonly #connection: DedicatedConnection
  readonly #database: string

  constructor(connection: DedicatedConnection, database: string) {
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
