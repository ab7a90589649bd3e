import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import postgres from 'postgres'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { filledFile } from '../moving/filled.ts'
import { parlance } from '../support/command.ts'
import { newSchema } from '../support/postgres.ts'
import { tempDir } from '../support/temp-dir.ts'

/** As a server finds it that opens the database. */
async function epochIn(file: string): Promise<string> {
  const store = await openSqliteStore({ file })
  try {
    return await store.epoch()
  } finally {
    await store.close()
  }
}

async function epochAt(url: string): Promise<string> {
  const store = await openPostgresStore({ url })
  try {
    return await store.epoch()
  } finally {
    await store.close()
  }
}

async function succeeds(t: TestContext, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await parlance(t, ...args)
  assert.equal(code, 0, stderr)
}

test('a back-up that is restored has another epoch, and keeps it', async (t) => {
  const from = await filledFile(t)
  const directory = await tempDir(t)
  const [copy, to] = [join(directory, 'copy'), join(directory, 'restored.db')]
  const before = await epochIn(from)
  await succeeds(t, 'backup', copy, '--dbpath', from)
  await succeeds(t, 'restore', copy, '--dbpath', to)
  const restored = await epochIn(to)
  assert.notEqual(restored, before)
  assert.equal(await epochIn(to), restored)
  assert.equal(await epochIn(from), before)
})

test('an import gives a file another epoch, also one that had a server before', async (t) => {
  const from = await filledFile(t)
  const directory = await tempDir(t)
  const [archive, to] = [join(directory, 'all.ndjson'), join(directory, 'imported.db')]
  const empty = await epochIn(to)
  await succeeds(t, 'export', archive, '--dbpath', from)
  await succeeds(t, 'import', archive, '--dbpath', to)
  const imported = await epochIn(to)
  assert.equal(new Set([empty, await epochIn(from), imported]).size, 3)
  assert.equal(await epochIn(to), imported)
})

test('nodes of one PostgreSQL agree on an epoch, and what a dump has brought along is none', async (t) => {
  const { url, drop } = await newSchema()
  t.after(drop)
  const epochs = await Promise.all([epochAt(url), epochAt(url)])
  assert.equal(new Set(epochs).size, 1)
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  t.after(() => sql.end({ timeout: 1 }))
  // As pg_restore does: the same rows in another table.
  await sql`CREATE TABLE restored (LIKE settings INCLUDING ALL)`
  await sql`INSERT INTO restored SELECT * FROM settings`
  await sql`DROP TABLE settings`
  await sql`ALTER TABLE restored RENAME TO settings`
  const restored = await epochAt(url)
  assert.notEqual(restored, epochs[0])
  assert.equal(await epochAt(url), restored)
})
