import type { Row, Table, TableName } from './tables.ts'

export type {
  ForeignColumns,
  ForeignDatabase,
  ForeignRow,
} from './foreign.ts'
export type { MovingSource } from './moving-source.ts'
export type {
  NewId,
  Note,
  StagedConversation,
  StagedMessage,
  StagedReaction,
  Staging,
} from './staged.ts'
export { columnNames, type Row, TABLES, type Table, type TableName } from './tables.ts'

/** Rows that are read, written and committed together: what a move holds in memory, and repeats after a kill. */
export const PAGE_ROWS = 1000

/** How many rows, and a SHA-256 (hex) over all of them in the form in which they travel. */
export interface Sum {
  readonly rows: number
  readonly sha256: string
}

/** The sum of each table that has rows. */
export type Sums = Readonly<Partial<Record<TableName, Sum>>>

/** The number of rows of each table. */
export const rowsOf = (sums: Sums): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(sums).map(([table, { rows }]) => [table, rows]))

/**
 * A database into which rows are moved. From `begin` to `finish` no server starts on it, and one that has it
 * open cannot write to it. Throws `StoreRefusal` where its person must do something.
 */
export interface MovingTarget {
  /** Refuses what `begin` would refuse, and a database that a server is using. Changes nothing. */
  requireRoom(archiveId: string): Promise<void>
  /**
   * Answers what an interrupted import of the same archive has already brought. Refuses a database that has
   * rows of its own, or part of another archive.
   */
  begin(archiveId: string): Promise<Sums>
  /** Commits the rows together with the sums, which include them. */
  write(table: Table, rows: readonly Row[], sums: Sums): Promise<void>
  /** After the last row: builds the indexes and checks the rules that were left out while rows came. */
  settle(): Promise<void>
  /** The stored rows, in the form of `MovingSource.pages`. Only once settled. */
  pages(table: Table): AsyncIterable<readonly Row[]>
  /** Makes of settled rows a database that a server may open: new ids follow those that came. */
  finish(): Promise<void>
  close(): Promise<void>
}
