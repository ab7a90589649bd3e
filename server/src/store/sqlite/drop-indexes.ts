import type { DatabaseSync } from 'node:sqlite'
import { prepare } from './statement.ts'

/**
 * Drops the indexes that would be kept in order row by row, and returns the statements that restore them. Built at
 * once over all rows, they cost a fraction.
 */
export function dropIndexes(db: DatabaseSync): readonly string[] {
  const indexes = prepare<{ name: string; sql: string }>(db, LIFTABLE).all()
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`)
  return indexes.map(({ sql }) => sql)
}

// Indexes that belong to a table's own constraints have no text.
const LIFTABLE = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
