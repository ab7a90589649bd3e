import {
  FOREIGN_PAGE_ROWS,
  type ForeignColumns,
  type ForeignDatabase,
  type ForeignQuery,
  type ForeignRow,
  MAX_FOREIGN_TEXT,
  quoted,
} from '../foreign.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { type OneMoment, openOneMoment } from './one-moment.ts'
import { refusalOf } from './refusals.ts'

/** Opens another program's database, while that program may go on using it. Throws `StoreRefusal`. */
export const openForeignPostgres = async (url: string): Promise<ForeignDatabase> =>
  new ForeignPostgres(await openOneMoment(url, { settings: SETTINGS }))

const SETTINGS = "SET timezone = 'UTC'; SET application_name = 'parlance adopt';"

class ForeignPostgres implements ForeignDatabase {
  readonly #connection: DedicatedConnection
  readonly #database: string

  constructor({ connection, database }: OneMoment) {
    this.#connection = connection
    this.#database = database
  }

  async tables(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const columns = await this.#connection.query<{ table: string; column: string }>(COLUMNS)
    const tables = new Map<string, Set<string>>()
    for (const { table, column } of columns) tables.set(table, (tables.get(table) ?? new Set()).add(column))
    return tables
  }

  async count(table: string): Promise<number> {
    const counting = `SELECT count(*) AS rows FROM ${quoted(table)}`
    const [counted] = await this.#connection.query<{ rows: number }>(counting)
    return counted?.rows ?? 0
  }

  async *pages({ table, columns, order }: ForeignQuery): AsyncGenerator<readonly ForeignRow[]> {
    const names = Object.keys(columns)
    const values = names.map((name) => selected(name, columns))
    try {
      await this.#connection.query('SET LOCAL cursor_tuple_fraction = 1')
      await this.#connection.query(
        `DECLARE foreign_pages NO SCROLL CURSOR FOR SELECT ${values} FROM ${quoted(table)} ORDER BY ${order.map(quoted)}`,
      )
      for (;;) {
        const page = await this.#connection.tuples(`FETCH ${FOREIGN_PAGE_ROWS} FROM foreign_pages`)
        const rows = page.map((row) => Object.fromEntries(names.map((name, n) => [name, row[n] ?? null])))
        if (rows.length > 0) yield rows
        if (rows.length < FOREIGN_PAGE_ROWS) break
      }
      await this.#connection.query('CLOSE foreign_pages')
    } catch (error) {
      throw refusalOf(error, this.#database)
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

const COLUMNS = `
  SELECT table_name AS table, column_name AS column FROM information_schema.columns
  WHERE table_schema = current_schema()`

function selected(name: string, columns: ForeignColumns): string {
  const column = quoted(name)
  switch (columns[name]) {
    // A time without a zone is one of UTC.
    case 'time':
      return `(extract(epoch from ${column}) * 1000000)::bigint`
    case 'flag':
      return `${column}::int`
    case 'integer':
      return `${column}::bigint`
    default:
      return `left(${column}::text, ${MAX_FOREIGN_TEXT})`
  }
}
