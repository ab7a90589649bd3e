import { setTimeout as pause } from 'node:timers/promises'
import { shownPostgres } from '../../lib/postgres-address.ts'
import { misfit, notEmpty, otherArchive, served, UNFINISHED } from '../import-guard.ts'
import type { MovingTarget, Sums } from '../moving.ts'
import { columnNames, type Row, TABLES, type Table } from '../tables.ts'
import { openForMoving } from './database.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { dropIndexes } from './drop-indexes.ts'
import { isAway, isOutage } from './failure.ts'
import { requireFit } from './fitness.ts'
import { FUNCTIONS } from './functions.ts'
import {
  BEGIN,
  BEGUN,
  CREATE,
  FINISH,
  IS_BEGUN,
  insertInto,
  KEEP,
  LIFTED,
  LOADING,
  OTHERS,
  PROGRESS,
  SETTLED,
} from './loading.ts'
import { pagesOf } from './pages.ts'
import { lost, refusalOf } from './refusals.ts'
import { migrate } from './schema.ts'

/** Connects to load the database, with its tables made if they are not there yet. Throws `StoreRefusal`. */
export async function openPostgresTarget(url: string): Promise<PostgresTarget> {
  const database = shownPostgres(url)
  try {
    await migrateOnce(url, database)
    await using opened = new AsyncDisposableStack()
    const connection = await openForMoving(url)
    opened.defer(() => connection.close())
    await connection.query(LOADING)
    opened.move()
    return new PostgresTarget(connection, database)
  } catch (error) {
    throw refusalOf(error, database)
  }
}

async function migrateOnce(url: string, database: string): Promise<void> {
  const connection = await openForMoving(url)
  try {
    await requireFit(connection, database)
    await migrate(connection, database, 'import')
  } finally {
    await connection.close()
  }
}

class PostgresTarget implements MovingTarget {
  readonly #connection: DedicatedConnection
  readonly #database: string

  constructor(connection: DedicatedConnection, database: string) {
    this.#connection = connection
    this.#database = database
  }

  async requireRoom(archiveId: string): Promise<void> {
    // A connection that was just closed is listed for a moment more.
    for (let tries = 1; await this.#isServed(); tries += 1) {
      if (tries === 10) throw served(this.#database)
      await pause(100)
    }
    await this.#commit(() => this.#begun(archiveId))
  }

  begin(archiveId: string): Promise<Sums> {
    return this.#commit(async () => {
      const begun = await this.#begun(archiveId)
      if (begun) return begun
      const lifted = await dropIndexes(this.#connection)
      await this.#connection.query(CREATE)
      await this.#connection.query(BEGIN, [archiveId, JSON.stringify(lifted)])
      return {}
    })
  }

  async write(table: Table, rows: readonly Row[], sums: Sums): Promise<void> {
    const names = columnNames(table)
    const records = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
    await this.#commit(async () => {
      await this.#connection.query(insertInto(table), [JSON.stringify(records)])
      await this.#connection.query(PROGRESS, [JSON.stringify(sums)])
    }, table.name)
  }

  async settle(): Promise<void> {
    const [settling] = await this.#connection.query<{ lifted: readonly string[] }>(LIFTED)
    await this.#commit(async () => {
      for (const statement of settling?.lifted ?? []) await this.#connection.query(statement)
      await this.#connection.query(SETTLED)
    }, 'one table')
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    try {
      await this.#connection.query('BEGIN READ ONLY')
      yield* pagesOf(this.#connection, table)
      await this.#connection.query('COMMIT')
    } catch (error) {
      throw this.#refusalOf(error)
    }
  }

  /** Replaces what nodes may have agreed on before: this value is the one that the rows belong to. */
  keep(name: string, value: string): Promise<void> {
    return this.#commit(async () => {
      await this.#connection.query(KEEP, [name, value])
    })
  }

  async finish(): Promise<void> {
    await this.#commit(async () => {
      await this.#connection.query(FINISH)
      await this.#connection.query(FUNCTIONS)
    })
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #isServed(): Promise<boolean> {
    const [other] = await this.#connection.query(OTHERS)
    return other !== undefined
  }

  /** Undefined for an empty database. */
  async #begun(archiveId: string): Promise<Sums | undefined> {
    if (await this.#isBegun()) {
      const [begun] = await this.#connection.query<{ archive: string; sums: Sums }>(BEGUN)
      if (begun?.archive !== archiveId) throw otherArchive(this.#database)
      return begun.sums
    }
    for (const { name } of TABLES) {
      const [row] = await this.#connection.query(`SELECT 1 FROM ${name} LIMIT 1`)
      if (row) throw notEmpty(this.#database)
    }
    return undefined
  }

  async #isBegun(): Promise<boolean> {
    const [row] = await this.#connection.query(IS_BEGUN, [UNFINISHED])
    return row !== undefined
  }

  /** An error that is not the engine's is one of the rows of that table. */
  async #commit<T>(work: () => Promise<T>, table?: string): Promise<T> {
    try {
      return await this.#connection.commit(work)
    } catch (error) {
      throw this.#refusalOf(error, table)
    }
  }

  #refusalOf(error: unknown, table?: string): unknown {
    if (isAway(error)) return lost(error, this.#database)
    if (table === undefined || isOutage(error)) return refusalOf(error, this.#database)
    return misfit(this.#database, table, error)
  }
}
