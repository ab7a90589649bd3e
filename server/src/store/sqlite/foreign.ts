import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import {
  FOREIGN_PAGE_ROWS,
  type ForeignColumns,
  type ForeignDatabase,
  type ForeignQuery,
  type ForeignRow,
  MAX_FOREIGN_TEXT,
  quoted,
} from '../foreign.ts'
import { fileThere, openForReading } from './database.ts'
import { refusalOf } from './refusals.ts'
import { prepare } from './statement.ts'

type Value = bigint | number | string | Uint8Array | null

/** Opens another program's file. Throws `StoreRefusal`. */
export function openForeignSqlite(path: string): ForeignDatabase {
  const file = fileThere(path)
  try {
    const db = openForReading(file)
    try {
      db.exec('BEGIN')
      // The file is looked at with the first query only.
      prepare(db, 'SELECT count(*) FROM sqlite_schema').get()
      return new ForeignSqlite(db, file)
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    throw refusalOf(error, file)
  }
}

class ForeignSqlite implements ForeignDatabase {
  readonly #db: DatabaseSync
  readonly #file: string

  constructor(db: DatabaseSync, file: string) {
    this.#db = db
    this.#file = file
  }

  async tables(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const names = prepare<{ name: string }>(
      this.#db,
      "SELECT name FROM sqlite_schema WHERE type = 'table'",
    ).all()
    const columns = prepare<{ name: string }>(this.#db, 'SELECT name FROM pragma_table_info(?)')
    return new Map(names.map(({ name }) => [name, new Set(columns.all(name).map((column) => column.name))]))
  }

  async count(table: string): Promise<number> {
    return (
      prepare<{ rows: number }>(this.#db, `SELECT count(*) AS rows FROM ${quoted(table)}`).get()?.rows ?? 0
    )
  }

  async *pages({ table, columns, order }: ForeignQuery): AsyncGenerator<readonly ForeignRow[]> {
    const names = Object.keys(columns)
    const statement = this.#db.prepare(
      `SELECT ${names.map((name) => selected(name, columns))} FROM ${quoted(table)} ORDER BY ${order.map(quoted)}`,
    )
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    let page: ForeignRow[] = []
    try {
      for (const row of statement.iterate() as Iterable<unknown> as Iterable<readonly Value[]>) {
        page.push(Object.fromEntries(names.map((name, n) => [name, plain(row[n] ?? null)])))
        if (page.length < FOREIGN_PAGE_ROWS) continue
        yield page
        page = []
        // The engine answers at once: without a pause no signal would ever be heard.
        await setImmediate()
      }
    } catch (error) {
      throw refusalOf(error, this.#file)
    }
    if (page.length > 0) yield page
  }

  async close(): Promise<void> {
    this.#db.close()
  }
}

function selected(name: string, columns: ForeignColumns): string {
  const column = quoted(name)
  // As bytes: a text ends at its first NUL for most functions.
  const text = `WHEN 'text' THEN substr(CAST(${column} AS BLOB), 1, ${MAX_FOREIGN_TEXT})`
  if (columns[name] !== 'time')
    return `CASE typeof(${column}) ${text} WHEN 'blob' THEN NULL ELSE ${column} END`
  // Seconds, perhaps with a fraction.
  return `CASE typeof(${column}) ${text} WHEN 'blob' THEN NULL WHEN 'null' THEN NULL
    ELSE CAST(round(${column} * 1e6) AS INTEGER) END`
}

function plain(value: Value): number | string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
