import type { MovingTarget, Sums } from '../moving.ts'
import { columnNames, type Row, TABLES, type Table } from '../tables.ts'
import { misfit, notEmpty, otherArchive, UNFINISHED } from '../unfinished.ts'
import { connectForMoving, displayName } from './database.ts'
import { isOutage } from './failure.ts'
import { lift } from './lifted.ts'
import { type Held, pagesOf } from './pages.ts'
import { refusalOf } from './refusals.ts'
import { FUNCTIONS, migrate } from './schema.ts'

/** Connects to load the database, with its tables made if they are not there yet. Throws `StoreRefusal`. */
export async function openPostgresTarget(url: string): Promise<PostgresTarget> {
  const database = displayName(url)
  const sql = connectForMoving(url)
  try {
    await migrate(sql, database, 'import')
    const held = await sql.reserve()
    await held.unsafe(LOADING)
    return new PostgresTarget(held, database, () => sql.end({ timeout: 0 }))
  } catch (error) {
    await sql.end({ timeout: 0 })
    throw refusalOf(error, database)
  }
}

// One import at a time; a killed one's lock lasts until the database has noticed. A commit may be lost with the
// machine, but never without its progress.
const LOADING = `
  SET lock_timeout = '10s';
  SELECT pg_advisory_lock(7265414, hashtext(current_schema()));
  SET synchronous_commit = off`

export class PostgresTarget implements MovingTarget {
  readonly #held: Held
  readonly #database: string
  readonly #end: () => Promise<void>

  constructor(held: Held, database: string, end: () => Promise<void>) {
    this.#held = held
    this.#database = database
    this.#end = end
  }

  begin(archiveId: string): Promise<Sums> {
    return this.#commit(async () => {
      if (await this.#isBegun()) {
        const [begun] = await this.#held.unsafe<{ archive: string; sums: Sums }[]>(BEGUN)
        if (begun?.archive !== archiveId) throw otherArchive(this.#database)
        return begun.sums
      }
      for (const { name } of TABLES) {
        const [row] = await this.#held.unsafe(`SELECT 1 FROM ${name} LIMIT 1`)
        if (row) throw notEmpty(this.#database)
      }
      const lifted = await lift(this.#held)
      await this.#held.unsafe(CREATE)
      await this.#held.unsafe(BEGIN, [archiveId, JSON.stringify(lifted)])
      return {}
    })
  }

  async write(table: Table, rows: readonly Row[], sums: Sums): Promise<void> {
    const names = columnNames(table)
    const records = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
    await this.#commit(async () => {
      await this.#held.unsafe(insertInto(table), [JSON.stringify(records)], { prepare: true })
      await this.#held.unsafe(PROGRESS, [JSON.stringify(sums)], { prepare: true })
    }, table.name)
  }

  async settle(): Promise<void> {
    const [settling] = await this.#held.unsafe<{ lifted: readonly string[] }[]>(LIFTED)
    await this.#commit(async () => {
      for (const statement of settling?.lifted ?? []) await this.#held.unsafe(statement)
      await this.#held.unsafe(SETTLED)
    }, 'one table')
  }

  async *pages(table: Table): AsyncGenerator<readonly Row[]> {
    await this.#held.unsafe('BEGIN READ ONLY')
    yield* pagesOf(this.#held, table)
    await this.#held.unsafe('COMMIT')
  }

  /** Replaces what nodes may have agreed on before: this value is the one that the rows belong to. */
  async keep(name: string, value: string): Promise<void> {
    await this.#held`
      INSERT INTO settings (name, value) VALUES (${name}, ${value})
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`
  }

  async finish(): Promise<void> {
    await this.#commit(async () => {
      await this.#held.unsafe(FINISH)
      await this.#held.unsafe(FUNCTIONS)
    })
  }

  close(): Promise<void> {
    return this.#end()
  }

  async #isBegun(): Promise<boolean> {
    const [row] = await this.#held`
      SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = ${UNFINISHED}`
    return row !== undefined
  }

  /** An error that is not the engine's is one of the rows of that table. */
  async #commit<T>(work: () => Promise<T>, table?: string): Promise<T> {
    await this.#held.unsafe('BEGIN')
    try {
      const result = await work()
      await this.#held.unsafe('COMMIT')
      return result
    } catch (error) {
      // Where the connection is gone, so is the transaction.
      await this.#held.unsafe('ROLLBACK').catch(() => {})
      throw table === undefined || isOutage(error)
        ? refusalOf(error, this.#database)
        : misfit(this.#database, table, error)
    }
  }
}

// A server that has the database open gets 'unavailable' for what it would write, until all is there.
const CREATE = `
  CREATE TABLE ${UNFINISHED} (archive text NOT NULL, sums json NOT NULL, lifted json NOT NULL);
  CREATE OR REPLACE FUNCTION chat_batch(writer text, batch bigint, locks json, steps json) RETURNS json
  LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'an import is under way' USING ERRCODE = 'cannot_connect_now';
  END $$;`
const BEGIN = `INSERT INTO ${UNFINISHED} (archive, sums, lifted) VALUES ($1, '{}', $2::text::json)`
const BEGUN = `SELECT archive, sums FROM ${UNFINISHED}`
const PROGRESS = `UPDATE ${UNFINISHED} SET sums = $1::text::json`
const LIFTED = `SELECT lifted FROM ${UNFINISHED}`
const SETTLED = `UPDATE ${UNFINISHED} SET lifted = '[]'; ANALYZE ${TABLES.map(({ name }) => name)}`

const insertInto = (table: Table): string => {
  const names = columnNames(table)
  const types = { integer: 'bigint', text: 'text', flag: 'boolean' } as const
  const typed = Object.entries(table.columns).map(([name, kind]) => `${name} ${types[kind]}`)
  return `
    INSERT INTO ${table.name} (${names})
    SELECT ${names} FROM json_to_recordset($1::text::json) AS r (${typed})`
}

const FINISH = `
  SET LOCAL synchronous_commit = on;
  SELECT setval(pg_get_serial_sequence('accounts', 'id'), max(id)) FROM accounts;
  SELECT setval(pg_get_serial_sequence('conversations', 'id'), max(id)) FROM conversations;
  SELECT setval(pg_get_serial_sequence('members', 'id'), max(id)) FROM members;
  SELECT setval(pg_get_serial_sequence('contacts', 'id'), max(id)) FROM contacts;
  SELECT setval('message_ids', max(id)) FROM messages;
  DROP TABLE ${UNFINISHED}`
