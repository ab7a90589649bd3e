import { existsSync, realpathSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { MovingSource } from '../moving.ts'
import { StoreRefusal } from '../refusal.ts'
import { type Row, TABLES, type Table } from '../tables.ts'
import { outdated, UNFINISHED, unfinished } from '../unfinished.ts'
import { openForReading } from './database.ts'
import { lockFor } from './lock.ts'
import { pagesOf } from './pages.ts'
import { foreign, refusalOf } from './refusals.ts'
import { MIGRATIONS } from './schema.ts'
import { prepare } from './statement.ts'

interface SqliteSourceOptions {
  readonly file: string
  /** No server may have it open, nor start on it meanwhile: nothing is written that would be left behind. */
  readonly isLocked: boolean
}

/** Reads a file as of one moment and changes nothing in it. Throws `StoreRefusal`. */
export function openSqliteSource({ file: path, isLocked }: SqliteSourceOptions): MovingSource {
  if (!existsSync(path)) throw new StoreRefusal(`There is no database ${path}: name the one to read.`)
  const file = realpathSync(path)
  const opened: { close(): void }[] = []
  try {
    if (isLocked) opened.push(lockFor(file))
    const db = openForReading(file)
    opened.push(db)
    db.exec('BEGIN')
    requireCurrent(db, file)
    return new SqliteSource(db, file, () => close(opened))
  } catch (error) {
    close(opened)
    throw refusalOf(error, file)
  }
}

class SqliteSource implements MovingSource {
  readonly #db: DatabaseSync
  readonly #file: string
  readonly #close: () => void

  constructor(db: DatabaseSync, file: string, close: () => void) {
    this.#db = db
    this.#file = file
    this.#close = close
  }

  async count({ name }: Table): Promise<number> {
    const counted = prepare<{ rows: number }>(this.#db, `SELECT count(*) AS rows FROM ${name}`).get()
    return counted?.rows ?? 0
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    try {
      yield* pagesOf(this.#db, table)
    } catch (error) {
      throw refusalOf(error, this.#file)
    }
  }

  async close(): Promise<void> {
    this.#close()
  }
}

function requireCurrent(db: DatabaseSync, file: string): void {
  const names = new Set(
    prepare<{ name: string }>(db, 'SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
  )
  if (names.has(UNFINISHED)) throw unfinished(file)
  if (!names.has('schema_migrations') || TABLES.some(({ name }) => !names.has(name))) throw foreign(file)
  const newest = prepare<{ number: number }>(db, 'SELECT max(number) AS number FROM schema_migrations').get()
  if (newest?.number !== MIGRATIONS.length) throw outdated(file)
}

function close(opened: { close(): void }[]): void {
  for (const each of opened.splice(0).reverse()) each.close()
}
