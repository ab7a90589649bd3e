import { PAGE_ROWS } from '../moving.ts'
import { columnNames, type Row, type Table } from '../tables.ts'
import type { DedicatedConnection } from './driver/index.ts'

/** See `MovingSource`. Within a transaction, one table at a time. */
export async function* pagesOf(
  connection: DedicatedConnection,
  table: Table,
): AsyncGenerator<readonly Row[]> {
  // All rows are wanted: a plan that gives the first ones soonest is not the best for that.
  await connection.query('SET LOCAL cursor_tuple_fraction = 1')
  await connection.query(`DECLARE pages NO SCROLL CURSOR FOR ${select(table)}`)
  for (;;) {
    const page = await connection.tuples(`FETCH ${PAGE_ROWS} FROM pages`)
    if (page.length > 0) yield page
    if (page.length < PAGE_ROWS) break
  }
  await connection.query('CLOSE pages')
}

function select(table: Table): string {
  const values = columnNames(table).map((name) => (table.columns[name] === 'flag' ? `${name}::int` : name))
  const order = table.key.map((name) => (table.columns[name] === 'text' ? `${name} COLLATE "C"` : name))
  return `SELECT ${values} FROM ${table.name} ORDER BY ${order}`
}
