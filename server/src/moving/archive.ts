import { createHash, type Hash } from 'node:crypto'
import type { Secrets } from '../secrets/index.ts'
import type { Row, Sum, Sums, Table, TableName } from '../store/moving.ts'

/** The facts that an archive tells before its first row. */
export interface Header {
  /** The same for the same rows only: an interrupted move goes on with no other. */
  readonly id: string
  readonly counts: Readonly<Partial<Record<TableName, number>>>
  readonly secrets: Secrets
}

/** Rows of one table that follow one another. */
export interface Page {
  readonly table: Table
  readonly count: number
  /** The sum of the table up to here, these rows included. */
  readonly sum: Sum
  /** The rows as they stand in a file, each a JSON array and a line feed. The sums are over these bytes. */
  readonly lines: string
  values(): readonly Row[]
}

/** A whole database as a stream. Its pages end without an error only if they were all that it had to say. */
export interface Archive {
  readonly header: Header
  pages(): AsyncIterable<Page>
}

export const linesOf = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')

export const totalOf = ({ counts }: Pick<Header, 'counts'>): number =>
  Object.values(counts).reduce((total, rows) => total + rows, 0)

/** Adds up tables, row by row. */
export class Tally {
  readonly #tables = new Map<TableName, { readonly hash: Hash; rows: number }>()

  /** The table's sum with these lines. */
  add(table: TableName, count: number, lines: string): Sum {
    const entry = this.#tables.get(table) ?? { hash: createHash('sha256'), rows: 0 }
    this.#tables.set(table, entry)
    entry.rows += count
    entry.hash.update(lines)
    return sumOf(entry)
  }

  sums(): Sums {
    return Object.fromEntries([...this.#tables].map(([table, entry]) => [table, sumOf(entry)]))
  }
}

const sumOf = ({ hash, rows }: { readonly hash: Hash; readonly rows: number }): Sum => ({
  rows,
  sha256: hash.copy().digest('hex'),
})
