import { backup, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { CopiedDatabase } from '../copied-database.ts'
import { UNFINISHED, unfinished } from '../import-guard.ts'
import { StoreRefusal } from '../refusal.ts'
import { fileThere, openForReading } from './database.ts'
import { engineCode } from './failure.ts'
import { foreign, noRoom, refusalOf } from './refusals.ts'
import { MIGRATIONS, schemaOf, tableNames } from './schema.ts'
import { prepare } from './statement.ts'

interface BackUpOptions {
  readonly file: string
  /** A file that does not exist yet. */
  readonly to: string
  /** Gets the number of bytes copied so far, and of all. */
  readonly onBytes: (done: number, total: number) => void
}

/** Pages copied at once, 800 KB: between two copies, the event loop can handle an interruption. */
const PAGES_AT_ONCE = 200

/**
 * Copies a database as of one moment into one file without a log beside it, by SQLite's online back-up, while a
 * server goes on writing. Answers what the copy must hold. Throws `StoreRefusal`.
 */
export async function backUpSqlite({ file: path, to, onBytes }: BackUpOptions): Promise<CopiedDatabase> {
  const file = fileThere(path)
  try {
    using db = openForReading(file)
    // An open transaction keeps its snapshot: without it, each write of a server would have the copy begin anew.
    db.exec('BEGIN')
    const content = contentOf(db, file)
    const pageBytes = prepare<{ page_size: number }>(db, 'PRAGMA page_size').get()?.page_size ?? 0
    const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) =>
      onBytes((totalPages - remainingPages) * pageBytes, totalPages * pageBytes)
    const pages = await backup(db, to, { rate: PAGES_AT_ONCE, progress })
    // It does not tell of the last ones.
    onBytes(pages * pageBytes, pages * pageBytes)
    using copy = new DatabaseSync(to)
    copy.exec('PRAGMA journal_mode = DELETE')
    return content
  } catch (error) {
    // The disk that is full is the copy's: nothing is written to the source.
    throw engineCode(error) === 'FULL' ? noRoom(error) : refusalOf(error, file)
  }
}

/** Opens a copy that nobody writes to, and reads nothing but that file: a log beside it is another file's. */
export function openCopy(file: string): DatabaseSync {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url.href, { readOnly: true })
}

/** Reads a copy through, and answers what it holds. Throws `StoreRefusal` for one that is damaged. */
export function checkSqliteCopy(file: string): CopiedDatabase {
  try {
    using db = openCopy(file)
    const [fault] = prepare<{ integrity_check: string }>(db, 'PRAGMA integrity_check(1)').all()
    if (fault?.integrity_check !== 'ok') throw damaged(file, fault?.integrity_check)
    const [dangling] = prepare<{ table: string }>(db, 'PRAGMA foreign_key_check').all()
    if (dangling) throw damaged(file, `a row of ${dangling.table} refers to one that is not there`)
    return contentOf(db, file)
  } catch (error) {
    throw refusalOf(error, file)
  }
}

function contentOf(db: DatabaseSync, file: string): CopiedDatabase {
  const names = tableNames(db)
  if (names.has(UNFINISHED)) throw unfinished(file)
  if (!names.has('schema_migrations')) throw foreign(file)
  const schema = schemaOf(db)
  if (schema > MIGRATIONS.length) throw newer(file, schema)
  const counts = [...names]
    // The index of words is not counted: a server makes it of the messages.
    .filter((name) => !name.startsWith('sqlite_') && !/^search(_|$)/.test(name))
    .map((name) => {
      const counted = prepare<{ rows: number }>(db, `SELECT count(*) AS rows FROM "${name}"`).get()
      return [name, counted?.rows ?? 0] as const
    })
  return { schema, counts: Object.fromEntries(counts) }
}

const newer = (file: string, schema: number): StoreRefusal =>
  new StoreRefusal(
    `${file} has schema ${schema}, and this version knows ${MIGRATIONS.length} at most: give the command of the version that made it, or a newer one.`,
  )

const damaged = (file: string, fault = 'it cannot be read'): StoreRefusal =>
  new StoreRefusal(`${file} is damaged (${fault}): check the disk, and use another copy.`)
