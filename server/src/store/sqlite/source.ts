import type { DatabaseSync } from 'node:sqlite'
import type { MovingSource } from '../moving.ts'
import type { Row, Table } from '../tables.ts'
import { fileThere, openForReading } from './database.ts'
import { lockFor } from './lock.ts'
import { pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'
import { prepare } from './statement.ts'

interface SqliteSourceOptions {
  readonly file: string
  /** No server may have it open, nor start on it meanwhile: nothing is written that would be left behind. */
  readonly isLocked: boolean
}

/** Reads a file as of one moment and changes nothing in it. Throws `StoreRefusal`. */
export function openSqliteSource({ file: path, isLocked }: SqliteSourceOptions): MovingSource {
  const file = fileThere(path)
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

function close(opened: { close(): void }[]): void {
  for (const each of opened.splice(0).reverse()) each.close()
}
