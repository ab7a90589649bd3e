import type { MovingSource } from '../moving.ts'
import { type Row, TABLES, type Table } from '../tables.ts'
import { outdated, UNFINISHED, unfinished } from '../unfinished.ts'
import { connectForMoving, displayName } from './database.ts'
import { type Held, pagesOf } from './pages.ts'
import { foreign, refusalOf } from './refusals.ts'
import { MIGRATIONS } from './schema.ts'

/** Reads a database as of one moment, while servers may go on using it. Throws `StoreRefusal`. */
export async function openPostgresSource(url: string): Promise<PostgresSource> {
  const sql = connectForMoving(url)
  try {
    const held = await sql.reserve()
    await held.unsafe('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await requireCurrent(held, displayName(url))
    return new PostgresSource(held, displayName(url), () => sql.end({ timeout: 0 }))
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw refusalOf(error, displayName(url))
  }
}

export class PostgresSource implements MovingSource {
  readonly #held: Held
  readonly #database: string
  readonly #end: () => Promise<void>

  constructor(held: Held, database: string, end: () => Promise<void>) {
    this.#held = held
    this.#database = database
    this.#end = end
  }

  async count({ name }: Table): Promise<number> {
    const [counted] = await this.#held.unsafe<{ rows: number }[]>(`SELECT count(*) AS rows FROM ${name}`)
    return counted?.rows ?? 0
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    try {
      yield* pagesOf(this.#held, table)
    } catch (error) {
      throw refusalOf(error, this.#database)
    }
  }

  /** What the nodes have agreed on under that name, as of the same moment. */
  async agreed(name: string): Promise<string | undefined> {
    const [kept] = await this.#held<{ value: string }[]>`SELECT value FROM settings WHERE name = ${name}`
    return kept?.value
  }

  close(): Promise<void> {
    return this.#end()
  }
}

async function requireCurrent(held: Held, database: string): Promise<void> {
  const tables = await held<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`
  const names = new Set(tables.map(({ name }) => name))
  if (names.has(UNFINISHED)) throw unfinished(database)
  if (!names.has('schema_migrations') || TABLES.some(({ name }) => !names.has(name))) throw foreign(database)
  const [newest] = await held<{ number: number }[]>`SELECT max(number) AS number FROM schema_migrations`
  if (newest?.number !== MIGRATIONS.length) throw outdated(database)
}
