import { DatabaseSync } from 'node:sqlite'

/** Digests of the contents that a database's files have, each once. A database older than files has none. */
export function contentsIn(file: string): readonly string[] {
  using db = new DatabaseSync(file, { readOnly: true })
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'uploads'").get()) return []
  const rows = db
    .prepare(
      'SELECT DISTINCT sha256 FROM uploads WHERE sha256 IS NOT NULL AND removed_at IS NULL ORDER BY sha256',
    )
    .all()
  return rows.map(({ sha256 }) => String(sha256))
}
