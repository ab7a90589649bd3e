import { openCopy } from './backup.ts'

/** Digests of the contents that the files of a copy have, each once. A copy older than files has none. */
export function contentsIn(file: string): readonly string[] {
  using db = openCopy(file)
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'uploads'").get()) return []
  const rows = db
    .prepare(
      'SELECT DISTINCT sha256 FROM uploads WHERE sha256 IS NOT NULL AND removed_at IS NULL ORDER BY sha256',
    )
    .all()
  return rows.map(({ sha256 }) => String(sha256))
}
