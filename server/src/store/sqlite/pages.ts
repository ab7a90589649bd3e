import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { PAGE_ROWS } from '../moving.ts'
import { columnNames, type Row, type Table } from '../tables.ts'
import { streamTuples } from './statement.ts'

/** See `MovingSource`. */
export async function* pagesOf(db: DatabaseSync, table: Table): AsyncGenerator<readonly Row[]> {
  let page: Row[] = []
  for (const row of streamTuples<Row>(db, select(table))) {
    page.push(row)
    if (page.length < PAGE_ROWS) continue
    yield page
    page = []
    // The engine answers at once: without a pause no signal would ever be heard.
    await setImmediate()
  }
  if (page.length > 0) yield page
}

const select = (table: Table): string =>
  `SELECT ${columnNames(table)} FROM ${table.name} ORDER BY ${table.key}`
