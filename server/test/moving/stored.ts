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

const notedAll = (rows: readonly Record<string, unknown>[]): readonly string[] => rows.map(noted).sort()

/** SQLite has no booleans. */
const noted = (row: Record<string, unknown>): string =>
  JSON.stringify(
    Object.entries(row)
      .map(([column, value]) => [column, typeof value === 'boolean' ? Number(value) : value])
      .sort(),
  )
