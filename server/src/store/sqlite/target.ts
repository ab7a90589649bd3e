import type { DatabaseSync } from 'node:sqlite'
import { misfit, notEmpty, otherArchive, UNFINISHED } from '../import-guard.ts'
import type { MovingTarget, Sums } from '../moving.ts'
import { columnNames, type Row, TABLES, type Table } from '../tables.ts'
import { openForWriting, type WritingDatabase } from './database.ts'
import { dropIndexes } from './drop-indexes.ts'
import { FORGET_EPOCH } from './epoch.ts'
import { engineCode } from './failure.ts'
import { pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { prepare } from './statement.ts'

/** Opens the file to load it; made if absent. Throws `StoreRefusal`, also when a server has it open. */
export function openSqliteTarget(file: string): MovingTarget {
  const writing = openForWriting(file, 'import')
  writing.db.exec(LOADING)
  return new SqliteTarget(writing, file)
}

// Rows refer to some that come later. A commit may be lost with the machine, but never without its progress.
// Sorting for an index uses files, so that it does not fill the memory.
const LOADING = 'PRAGMA foreign_keys = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE'

class SqliteTarget implements MovingTarget {
  readonly #db: DatabaseSync
  readonly #close: () => void
  readonly #file: string

  constructor({ db, close }: WritingDatabase, file: string) {
    this.#db = db
    this.#close = close
    this.#file = file
  }

  /** No server is using it: this process has its lock. */
  async requireRoom(archiveId: string): Promise<void> {
    this.#begun(archiveId)
  }

  async begin(archiveId: string): Promise<Sums> {
    const begun = this.#begun(archiveId)
    if (begun) return begun
    this.#commit(() => {
      const lifted = JSON.stringify(dropIndexes(this.#db))
      this.#db.exec(CREATE)
      prepare(this.#db, BEGIN).run(archiveId, lifted)
    })
    return {}
  }

  async write(table: Table, rows: readonly Row[], sums: Sums): Promise<void> {
    const insert = prepare(this.#db, insertInto(table))
    const progress = prepare(this.#db, PROGRESS)
    try {
      this.#commit(() => {
        for (const row of rows) insert.run(...row)
        progress.run(JSON.stringify(sums))
      })
    } catch (error) {
      throw this.#refusalOf(error, table.name)
    }
  }

  async settle(): Promise<void> {
    const settling = prepare<{ lifted: string }>(this.#db, LIFTED).get()
    const statements: readonly string[] = JSON.parse(settling?.lifted ?? '[]')
    try {
      this.#commit(() => {
        for (const statement of statements) this.#db.exec(statement)
        this.#db.exec(SETTLED)
      })
    } catch (error) {
      throw this.#refusalOf(error, 'one table')
    }
    const dangling = prepare<{ table: string }>(this.#db, 'PRAGMA foreign_key_check').get()
    if (dangling) throw misfit(this.#file, dangling.table, new Error('one refers to a row that is not there'))
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    yield* pagesOf(this.#db, table)
  }

  async finish(): Promise<void> {
    this.#db.exec('PRAGMA synchronous = FULL')
    this.#commit(() =>
      this.#db.exec(`DROP TABLE ${UNFINISHED}; ${FORGET_EPOCH}; UPDATE search_position SET message_id = 0`),
    )
  }

  async close(): Promise<void> {
    this.#close()
  }

  /** Undefined for an empty database. */
  #begun(archiveId: string): Sums | undefined {
    if (this.#has('SELECT 1 FROM sqlite_schema WHERE name = ?', UNFINISHED)) {
      const begun = prepare<{ archive: string; sums: string }>(this.#db, BEGUN).get()
      if (begun?.archive !== archiveId) throw otherArchive(this.#file)
      return JSON.parse(begun.sums)
    }
    if (TABLES.some(({ name }) => this.#has(`SELECT 1 FROM ${name} LIMIT 1`))) throw notEmpty(this.#file)
    return undefined
  }

  #has(query: string, ...parameters: string[]): boolean {
    return prepare(this.#db, query).get(...parameters) !== undefined
  }

  #commit(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** The refusal for wrong rows, or for a failure of the engine. */
  #refusalOf(error: unknown, table: string): unknown {
    return engineCode(error) === undefined ? misfit(this.#file, table, error) : refusalOf(error, this.#file)
  }
}

const CREATE = `
  CREATE TABLE ${UNFINISHED} (archive TEXT NOT NULL, sums TEXT NOT NULL, lifted TEXT NOT NULL) STRICT`
const BEGIN = `INSERT INTO ${UNFINISHED} (archive, sums, lifted) VALUES (?, '{}', ?)`
const BEGUN = `SELECT archive, sums FROM ${UNFINISHED}`
const PROGRESS = `UPDATE ${UNFINISHED} SET sums = ?`
const LIFTED = `SELECT lifted FROM ${UNFINISHED}`
const SETTLED = `UPDATE ${UNFINISHED} SET lifted = '[]'`

const insertInto = (table: Table): string => {
  const names = columnNames(table)
  return `INSERT INTO ${table.name} (${names}) VALUES (${names.map(() => '?')})`
}
