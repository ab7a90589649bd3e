import type { TestContext } from 'node:test'
import postgres from 'postgres'
import { newUuid } from '../../src/lib/ids.ts'
import type { Owner } from './owner.ts'
import { type CuttableProxy, startProxy } from './proxy.ts'

const STANDARD = 'postgres://postgres@127.0.0.1:5432/postgres'

/** The database in which tests make their schemas. */
export const POSTGRES_URL = process.env.PARLANCE_TEST_POSTGRES_URL ?? STANDARD

/** A connection to it, closed after the test. */
export function connect(t: TestContext, url = POSTGRES_URL) {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  t.after(() => sql.end({ timeout: 1 }))
  return sql
}

/** How many connections the database has of the programs that call themselves so. */
export async function countOpen(sql: postgres.Sql, applicationName: string): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = ${applicationName}`
  return row?.open ?? 0
}

/** The address of an empty schema of its own, dropped after the test. */
export async function tempSchema(t: TestContext): Promise<string> {
  const { url, drop } = await newSchema()
  t.after(drop)
  return url
}

export async function newSchema(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `parlance_test_${newUuid().replaceAll('-', '')}`
  const sql = postgres(POSTGRES_URL, { max: 1, onnotice: () => undefined })
  await sql`CREATE SCHEMA ${sql(name)}`
  const url = new URL(POSTGRES_URL)
  url.searchParams.set('search_path', name)
  return {
    url: url.href,
    drop: async () => {
      const dropSchema = () => sql`DROP SCHEMA ${sql(name)} CASCADE`
      // A store that is still open may just be indexing, and then either of the two has to give way.
      await dropSchema().catch((error: Error & { code?: string }) => {
        if (error.code !== '40P01') throw error
        return dropSchema()
      })
      await sql.end({ timeout: 1 })
    },
  }
}

/** A way to that database which the test can cut, and the address that takes it. */
export async function proxyTo(owner: Owner, to: string): Promise<{ proxy: CuttableProxy; url: string }> {
  const url = new URL(to)
  const proxy = await startProxy(owner, { host: url.hostname, port: Number(url.port || 5432) })
  url.host = `127.0.0.1:${proxy.port}`
  return { proxy, url: url.href }
}

/** Why there is none to test with; undefined when it answers. */
export async function postgresIsMissing(): Promise<string | undefined> {
  const sql = postgres(POSTGRES_URL, { max: 1, connect_timeout: 3 })
  try {
    await sql`SELECT 1`
    return undefined
  } catch (error) {
    return `PostgreSQL does not answer at ${new URL(POSTGRES_URL).host} (${error instanceof Error ? error.message : error})`
  } finally {
    await sql.end({ timeout: 1 })
  }
}
