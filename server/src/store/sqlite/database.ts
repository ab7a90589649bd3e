import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeDirectory } from '../../lib/directory.ts'
import { type Purpose, UNFINISHED, unfinished } from '../import-guard.ts'
import { type EarlierCopy, keepEarlier } from './earlier-copy.ts'
import { beginEpoch } from './epoch.ts'
import { engineCode } from './failure.ts'
import { lockFor } from './lock.ts'
import { OpenFiles } from './open-files.ts'
import { noDatabase, noDatabaseAt, noDirectory, noFile, refusalOf } from './refusals.ts'
import { migrate, requireCurrent, type SchemaChange } from './schema.ts'
import { prepare } from './statement.ts'

// Another program's short write, such as a backup's checkpoint, is waited for.
const BUSY_TIMEOUT_MS = 5000

// No mmap: a disk error under it would be a SIGBUS, which kills the process, instead of an error code.
const WRITER_PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 8000;
  PRAGMA journal_size_limit = 67108864;
`

export interface WritingDatabase {
  readonly db: DatabaseSync
  readonly files: OpenFiles
  /** The database as it was, where this opening has changed its schema. */
  readonly earlier: EarlierCopy | undefined
  close(): void
}

/**
 * Opens the one connection that writes, migrated, in a file that no other server has open, with a copy of it as it
 * was; for an operator's command (see `Purpose`), one more. Throws `StoreRefusal`.
 */
export function openForWriting(path: string, purpose: Purpose = 'serve'): WritingDatabase {
  const isShared = purpose === 'operate'
  const file = isShared ? fileThere(path) : realFile(path)
  const opened: { close(): void }[] = []
  const close = () => {
    for (const each of opened.splice(0).reverse()) each.close()
  }
  requireDatabase(file)
  try {
    if (!isShared) opened.push(lockFor(file))
    const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
    opened.push(db)
    if (isShared) requireCurrent(db, file)
    db.exec(WRITER_PRAGMAS)
    let earlier: EarlierCopy | undefined
    const keep = ({ from }: SchemaChange) => {
      earlier = keepEarlier(file, from)
    }
    // A move goes into an empty database alone, of which no copy is needed.
    if (!isShared) migrate(db, file, purpose === 'serve' ? { onChange: keep } : {})
    if (purpose === 'serve') {
      if (isUnfinished(db)) throw unfinished(file)
      beginEpoch(db)
      // The server that held them is gone, for one alone has the file open: nobody has to wait until they run out.
      db.exec('DELETE FROM leases')
    }
    return { db, files: new OpenFiles(path, file), earlier, close }
  } catch (error) {
    close()
    throw refusalOf(error, file)
  }
}

const isUnfinished = (db: DatabaseSync): boolean =>
  prepare(db, 'SELECT 1 FROM sqlite_schema WHERE name = ?').get(UNFINISHED) !== undefined

/**
 * Writes what is in the log into the file and empties the log. Does not wait: returns false when another connection
 * reads from the log, and when there was no room.
 */
export function foldLog(db: DatabaseSync): boolean {
  db.exec('PRAGMA busy_timeout = 0')
  try {
    return prepare<{ busy: number }>(db, 'PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
  } catch (error) {
    if (engineCode(error) === undefined) throw error
    return false
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  db.exec('PRAGMA cache_size = -32768')
  return db
}

/** The real path of a database file that exists. */
export function fileThere(path: string): string {
  if (!existsSync(path)) throw noDatabaseAt(path)
  if (statSync(path).isDirectory()) throw noFile(path)
  return realpathSync(path)
}

/** The file itself, made if need be: one file has one lock, whatever links lead to it. */
function realFile(path: string): string {
  const wanted = resolve(path)
  const directory = dirname(wanted)
  try {
    makeDirectory(directory)
  } catch (error) {
    throw noDirectory(directory, error)
  }
  makePrivate(wanted)
  return existsSync(wanted) ? realpathSync(wanted) : join(realpathSync(directory), basename(wanted))
}

const HEADER = 'SQLite format 3\0'

/** Anything else is left as it is, without a lock beside it. Source: https://www.sqlite.org/fileformat.html, 1.3. */
function requireDatabase(file: string): void {
  const header = Buffer.alloc(HEADER.length)
  try {
    const opened = openSync(file, 'r')
    try {
      if (readSync(opened, header) === 0) return
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') throw noFile(file, error)
    // SQLite is about to try the same.
    return
  }
  if (header.toString('latin1') !== HEADER) throw noDatabase(file)
}

function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch {
    // SQLite is about to try the same, and its error names the reason better.
  }
}
