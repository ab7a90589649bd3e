import { shownPostgres } from '../../lib/postgres-address.ts'
import type { MovingSource } from '../moving.ts'
import type { Row, Table } from '../tables.ts'
import { openForMoving } from './database.ts'
import type { Held } from './held.ts'
import { pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'

/** Reads a database as of one moment, while servers may go on using it. Throws `StoreRefusal`. */
export async function openPostgresSource(url: string): Promise<PostgresSource> {
  const database = shownPostgres(url)
  try {
    await using opened = new AsyncDisposableStack()
    const held = await openForMoving(url)
    opened.defer(() => held.close())
    await held.query(ONE_MOMENT)
    await requireCurrent(held, database)
    opened.move()
    return new PostgresSource(held, database)
  } catch (error) {
    throw refusalOf(error, database)
  }
}

// Whoever reads the rows on may take a long time for it.
const ONE_MOMENT = `
  SET idle_in_transaction_session_timeout = 0;
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

class PostgresSource implements MovingSource {
  readonly #held: Held
  readonly #database: string

  constructor(held: Held, database: string) {
    this.#held = held
    this.#database = database
  }

  async count({ name }: Table): Promise<number> {
    const [counted] = await this.#held.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`)
    return counted?.rows ?? 0
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    try {
      yield* pagesOf(this.#held, table)
    } catch (error) {
      throw refusalOf(error, this.#database)
    }
  }

  /** What the nodes have agreed on under that name, as of the same moment. */
  async agreed(name: string): Promise<string | undefined> {
    const [kept] = await this.#held.query<{ value: string }>(AGREED, [name])
    return kept?.value
  }

  close(): Promise<void> {
    return this.#held.close()
  }
}

const AGREED = 'SELECT value FROM settings WHERE name = $1'
