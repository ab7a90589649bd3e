import { DatabaseSync } from 'node:sqlite'
import type { Sql } from 'postgres'
import { TABLES } from '../../src/store/moving.ts'

/** Every row of every table that is moved, as the engine itself tells it, in one order and notation. */
type Stored = Readonly<Record<string, readonly string[]>>

export function storedIn(file: string): Stored {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    return Object.fromEntries(
      TABLES.map(({ name }) => [name, notedAll(db.prepare(`SELECT * FROM ${name}`).all())]),
    )
  } finally {
    db.close()
  }
}

export async function storedInPostgres(sql: Sql): Promise<Stored> {
  const all: Record<string, readonly string[]> = {}
  for (const { name } of TABLES) {
    const rows = await sql.unsafe<{ row: Record<string, unknown> }[]>(
      `SELECT row_to_json(t) AS row FROM ${name} t`,
    )
    all[name] = notedAll(rows.map(({ row }) => row))
  }
  return all
}

function notedAll(rows: readonly Record<string, unknown>[]): readonly string[] {
  // Once for all: with two hundred thousand rows, sorting those of each took most of the time of a test.
  const columns = Object.keys(rows[0] ?? {}).sort()
  return rows.map((row) => noted(row, columns)).sort()
}

const noted = (row: Record<string, unknown>, columns: readonly string[]): string =>
  JSON.stringify(columns.map((column) => [column, inNumbers(row[column])]))

/** SQLite has no booleans. */
const inNumbers = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value)
