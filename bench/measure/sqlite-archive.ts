import { DatabaseSync } from 'node:sqlite'

/**
 * The database that a peer will find and keep. Its write-ahead log saves two or three syncs of each transaction.
 * It still syncs, which is SQLite's default and which no peer changes.
 */
export function createArchive(file: string, schema = ''): void {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; ${schema}`)
  database.close()
}

/** The number that a query gives. */
export function countIn(file: string, query: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const row = database.prepare(query).get() ?? {}
    return Number(Object.values(row)[0])
  } finally {
    database.close()
  }
}
