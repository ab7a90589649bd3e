import { after } from 'node:test'
import postgres from 'postgres'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { newSchema } from './postgres.ts'

/** A schema of this version without a row in it, for one test at a time. */
interface ReusedSchema {
  readonly url: string
  /** Takes it back. Every store on it is closed by then. */
  readonly giveBack: () => void
}

/**
 * Schemas for the tests of a file, which ask for them one after the other, or several at a time. Each is made once and
 * emptied for the next: all migrations take PostgreSQL half a second. A test that is about migrations, or changes
 * more than rows, has a `tempSchema` instead. To be called while the file is loaded: what was made goes with its last test.
 */
export function reuseSchemas(): () => Promise<ReusedSchema> {
  const all: EmptiedSchema[] = []
  const free: EmptiedSchema[] = []
  after(async () => void (await Promise.all(all.map((schema) => schema.drop()))))
  return async () => {
    const schema = free.pop() ?? (await EmptiedSchema.make())
    if (!all.includes(schema)) all.push(schema)
    await schema.empty()
    return { url: schema.url, giveBack: () => void free.push(schema) }
  }
}

class EmptiedSchema {
  readonly url: string
  readonly #sql: postgres.Sql
  readonly #emptying: string
  readonly #drop: () => Promise<void>

  private constructor(
    { url, drop }: { url: string; drop(): Promise<void> },
    sql: postgres.Sql,
    emptying: string,
  ) {
    this.url = url
    this.#sql = sql
    this.#emptying = emptying
    this.#drop = drop
  }

  static async make(): Promise<EmptiedSchema> {
    const schema = await newSchema()
    const store = await openPostgresStore({ url: schema.url })
    await store.close()
    const sql = postgres(schema.url, { max: 1, onnotice: () => undefined })
    return new EmptiedSchema(schema, sql, await emptyingOf(sql))
  }

  async empty(): Promise<void> {
    await this.#sql.unsafe(this.#emptying)
  }

  async drop(): Promise<void> {
    await this.#sql.end({ timeout: 1 })
    await this.#drop()
  }
}

/** Tables whose rows migrations have written, and nobody else. */
const KEPT = ['schema_migrations', 'settings']

/** Statements that take a schema back to how it is now, whatever rows it has by then. */
async function emptyingOf(sql: postgres.Sql): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    SELECT quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname = current_schema() AND tablename <> ALL (${KEPT})`
  const sequences = await sql<{ name: string; start: string }[]>`
    SELECT quote_literal(quote_ident(sequencename)) AS name, start_value AS start FROM pg_sequences
    WHERE schemaname = current_schema()`
  const [settings] = await sql<{ kept: string }[]>`
    SELECT quote_literal(coalesce(jsonb_agg(s), '[]')) AS kept FROM settings s`
  // Foreign keys are looked at when the whole statement is done.
  const deletions = tables.map(({ name }) => `d_${name} AS (DELETE FROM ${name})`)
  return [
    `WITH ${deletions.join(', ')} SELECT 1`,
    ...sequences.map(({ name, start }) => `SELECT setval(${name}, ${start}, false)`),
    'DELETE FROM settings',
    `INSERT INTO settings SELECT * FROM jsonb_populate_recordset(NULL::settings, ${settings?.kept})`,
  ].join(';\n')
}
