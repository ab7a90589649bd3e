import { shownPostgres } from '../../lib/postgres-address.ts'
import type { CopiedDatabase } from '../copied-database.ts'
import { UNFINISHED, unfinished } from '../import-guard.ts'
import { openForMoving } from './database.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { EPOCH } from './epoch.ts'
import { foreign, newer, noSchema, notEmptyToRestore, refusalOf } from './refusals.ts'
import { MIGRATIONS, newestOf, tableNames } from './schema.ts'

/** One connection to a database that is copied, or to be filled from a copy. Throws `StoreRefusal` in all that it does. */
export class CopyConnection {
  readonly #connection: DedicatedConnection
  readonly #database: string
  /** The schema of PostgreSQL in which the tables lie. */
  readonly schemaName: string
  /** The server's major version. */
  readonly version: number

  /** Opens it, also beside servers. */
  static async open(url: string): Promise<CopyConnection> {
    const database = shownPostgres(url)
    try {
      await using opened = new AsyncDisposableStack()
      const connection = await openForMoving(url)
      opened.defer(() => connection.close())
      const [where] = await connection.query<{ schemaName: string; version: number }>(WHERE)
      if (!where?.schemaName) throw noSchema(database)
      opened.move()
      return new CopyConnection(connection, database, where)
    } catch (error) {
      throw refusalOf(error, database)
    }
  }

  private constructor(
    connection: DedicatedConnection,
    database: string,
    { schemaName, version }: Pick<CopyConnection, 'schemaName' | 'version'>,
  ) {
    this.#connection = connection
    this.#database = database
    this.schemaName = schemaName
    this.version = version
  }

  /** From now on everything is read as of this moment, which another program can read too, by the answered name. */
  async holdMoment(): Promise<string> {
    return this.#asked(async () => {
      await this.#connection.query(ONE_MOMENT)
      const [moment] = await this.#connection.query<{ name: string }>('SELECT pg_export_snapshot() AS name')
      return moment?.name ?? ''
    })
  }

  /** Reads every table. */
  async content(): Promise<CopiedDatabase> {
    return this.#asked(async () => {
      const names = await tableNames(this.#connection)
      if (names.has(UNFINISHED)) throw unfinished(this.#database)
      if (!names.has('schema_migrations')) throw foreign(this.#database)
      const schema = await newestOf(this.#connection)
      if (schema > MIGRATIONS.length) throw newer(this.#database, schema, MIGRATIONS.length)
      const counts: [string, number][] = []
      for (const name of [...names].toSorted()) {
        const [counted] = await this.#connection.query<{ rows: number }>(
          `SELECT count(*) AS rows FROM "${name.replaceAll('"', '""')}"`,
        )
        counts.push([name, counted?.rows ?? 0])
      }
      return { schema, counts: Object.fromEntries(counts) }
    })
  }

  /** The value that the nodes have agreed on under that name. */
  async agreed(name: string): Promise<string | undefined> {
    return this.#asked(async () => {
      const [kept] = await this.#connection.query<{ value: string }>(AGREED, [name])
      return kept?.value
    })
  }

  /** Digests of the contents that the database's files have, each once. A database older than files has none. */
  async digests(): Promise<readonly string[]> {
    return this.#asked(async () => {
      if (!(await tableNames(this.#connection)).has('uploads')) return []
      const rows = await this.#connection.query<{ sha256: string }>(DIGESTS)
      return rows.map(({ sha256 }) => sha256)
    })
  }

  /** Refuses a place where something is. */
  async requireEmpty(): Promise<void> {
    return this.#asked(async () => {
      const [found] = await this.#connection.query<{ things: number }>(THINGS)
      if (found?.things !== 0) throw notEmptyToRestore(this.#database, this.schemaName)
    })
  }

  /** After rows came: the planner knows them, and the next server gives the database another epoch. */
  async settle(): Promise<void> {
    return this.#asked(async () => {
      await this.#connection.query(`DELETE FROM settings WHERE name LIKE '${EPOCH}%'`)
      await this.#connection.query('ANALYZE')
    })
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #asked<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask()
    } catch (error) {
      throw refusalOf(error, this.#database)
    }
  }
}

const WHERE = `
  SELECT current_schema() AS "schemaName",
    current_setting('server_version_num')::int / 10000 AS version`

// No timeout: the program that copies as of the same moment takes as long as it takes.
const ONE_MOMENT = `
  SET idle_in_transaction_session_timeout = 0;
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

const AGREED = 'SELECT value FROM settings WHERE name = $1'

const DIGESTS = `
  SELECT DISTINCT sha256 COLLATE "C" AS sha256 FROM uploads
  WHERE sha256 IS NOT NULL AND removed_at IS NULL ORDER BY 1`

const THINGS = `
  SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid)::int
    + (SELECT count(*) FROM pg_proc WHERE pronamespace = n.oid)::int AS things
  FROM pg_namespace n WHERE nspname = current_schema()`
