/** How a column of another program's table is read: a time in microseconds, or as its text where it is one. */
type ForeignKind = 'integer' | 'text' | 'time' | 'flag'
export type ForeignColumns = Readonly<Record<string, ForeignKind>>

/** By column. A whole number that passes 2^53 is a text; a text is cut after `MAX_FOREIGN_TEXT`. */
export type ForeignRow = Readonly<Record<string, number | string | null>>

export interface ForeignQuery {
  readonly table: string
  readonly columns: ForeignColumns
  /** Columns by which the rows are ordered, smallest first. */
  readonly order: readonly string[]
}

/** Characters, or bytes of UTF-8: what one value may hold in memory. */
export const MAX_FOREIGN_TEXT = 1_000_000

/** Rows of a page. */
export const FOREIGN_PAGE_ROWS = 500

/** Another program's database, read as of one moment and never written. Throws `StoreRefusal` where it cannot be read. */
export interface ForeignDatabase {
  /** The names of the columns of each table. */
  tables(): Promise<ReadonlyMap<string, ReadonlySet<string>>>
  count(table: string): Promise<number>
  /** One table at a time; no page is empty. */
  pages(query: ForeignQuery): AsyncIterable<readonly ForeignRow[]>
  close(): Promise<void>
}

/** A name as SQL takes any. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
