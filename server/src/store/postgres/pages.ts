import type { ReservedSql } from 'postgres'
import { PAGE_ROWS } from '../moving.ts'
import { columnNames, type Row, type Table } from '../tables.ts'

/** The one connection of a move. */
export type Held = ReservedSql<{ bigint: number }>

/** See `MovingSource`. Within a transaction, one table at a time. */
export async function* pagesOf(held: Held, table: Table): AsyncGenerator<readonly Row[]> {
  // All rows are wanted: a plan that gives the first ones soonest is not the best for that.
  await held.unsafe('SET LOCAL cursor_tuple_fraction = 1')
  await held.unsafe(`DECLARE pages NO SCROLL CURSOR FOR ${select(table)}`)
  for (;;) {
    // The statement selects what the table's columns are.
    const page = (await held.unsafe(`FETCH ${PAGE_ROWS} FROM pages`).values()) as unknown as Row[]
    if (page.length > 0) yield page
    if (page.length < PAGE_ROWS) break
  }
  await held.unsafe('CLOSE pages')
}

function select(table: Table): string {
  const values = columnNames(table).map((name) => (table.columns[name] === 'flag' ? `${name}::int` : name))
  const order = table.key.map((name) => (table.columns[name] === 'text' ? `${name} COLLATE "C"` : name))
  return `SELECT ${values} FROM ${table.name} ORDER BY ${order}`
}
