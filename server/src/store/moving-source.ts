import type { Row, Table } from './tables.ts'

/** All rows of a database in the same form whatever its engine, as of one moment. */
export interface MovingSource {
  count(table: Table): Promise<number>
  /** In the order of the table's key, `PAGE_ROWS` at a time; the last page may be shorter, none is empty. */
  pages(table: Table): AsyncIterable<readonly Row[]>
  close(): Promise<void>
}
