import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import postgres from 'postgres'
import { newUuid } from '../../src/lib/ids.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openPostgresTarget } from '../../src/store/postgres/moving.ts'
import { StoreRefusal } from '../../src/store/store.ts'
import { connect, POSTGRES_URL } from '../support/postgres.ts'

/** The address of a new database in that encoding, which is dropped after the test. */
async function databaseIn(t: TestContext, encoding: string): Promise<string> {
  const sql = postgres(POSTGRES_URL, { max: 1, onnotice: () => undefined })
  const name = `parlance_test_${newUuid().replaceAll('-', '')}`
  await sql.unsafe(`CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`)
  t.after(async () => {
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
    await sql.end({ timeout: 1 })
  })
  const url = new URL(POSTGRES_URL)
  url.pathname = `/${name}`
  return url.href
}

for (const encoding of ['SQL_ASCII', 'LATIN1', 'EUC_JP'])
  for (const [what, open] of Object.entries({
    'a start': (url: string) => openPostgresStore({ url }),
    'an import': openPostgresTarget,
  }))
    test(`${what} on a database in ${encoding} is refused, and leaves nothing in it`, async (t) => {
      const url = await databaseIn(t, encoding)
      await assert.rejects(open(url), (error) => {
        assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
        assert.match(
          error.message,
          new RegExp(`has the encoding ${encoding}, .*createdb -E UTF8 .*DATABASE_URL\\.$`),
        )
        return true
      })
      const tables = await connect(t, url)`SELECT FROM pg_tables WHERE schemaname = 'public'`
      assert.equal(tables.length, 0)
    })
