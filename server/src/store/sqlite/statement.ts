import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** A prepared statement whose rows are what its text selects: the text and `Row` stand side by side. */
export interface Statement<Row> {
  get(...parameters: SQLInputValue[]): Row | undefined
  all(...parameters: SQLInputValue[]): Row[]
  /** The rows one by one. Left early, the statement can be used again. */
  iterate(...parameters: SQLInputValue[]): Iterable<Row>
  run(...parameters: SQLInputValue[]): { readonly changes: number; readonly lastInsertRowid: number }
}

// The one place where the engine's untyped rows get their type. Numbers, not bigints: no id nor time passes 2^53.
export const prepare = <Row = never>(db: DatabaseSync, sql: string): Statement<Row> =>
  db.prepare(sql) as unknown as Statement<Row>

/** As `prepare`, its rows as arrays in the order of the columns: a third of the work, for what is read by the hundred. */
export function prepareTuples<Row extends readonly unknown[]>(db: DatabaseSync, sql: string): Statement<Row> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement as unknown as Statement<Row>
}

/** The rows one by one, as arrays, without ever holding them all. */
export function streamTuples<Row extends readonly unknown[]>(db: DatabaseSync, sql: string): Iterable<Row> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement.iterate() as unknown as Iterable<Row>
}

/** A row as the engine knows it: without booleans. */
export type Row<T> = { readonly [K in keyof T]: T[K] extends boolean ? number : T[K] }

/** SQLite's word for no limit is -1. */
export const limitOf = (limit: number): number => (limit === Number.POSITIVE_INFINITY ? -1 : limit)
