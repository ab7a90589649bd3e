import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import postgres from 'postgres'
import { newUuid } from '../../src/lib/ids.ts'
import { FILES, type Manifest, manifestText, readManifest } from '../../src/operating/backup/manifest.ts'
import { PostgresTools } from '../../src/operating/backup/postgres-tool.ts'
import { sumOf } from '../../src/operating/backup/sum.ts'
import { findingsOf } from '../../src/operating/backup/verify.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { fill, filledFile } from '../moving/filled.ts'
import { storedInPostgres } from '../moving/stored.ts'
import { refuses } from '../support/command.ts'
import { connect, POSTGRES_URL, postgresIsMissing } from '../support/postgres.ts'
import { spawnServer } from '../support/process.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { file as download } from '../support/uploads.ts'
import { backUp, contentsOf, restore, Talk, verify } from './talk.ts'

const skip = await postgresIsMissing()
const { signal } = new AbortController()

/** The address of an empty database of its own, as createdb makes one. */
async function newDatabase(t: TestContext): Promise<string> {
  const name = `parlance_test_${newUuid().replaceAll('-', '')}`
  const sql = postgres(POSTGRES_URL, { max: 1, onnotice: () => undefined })
  t.after(async () => {
    await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await sql.end({ timeout: 1 })
  })
  await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
  const url = new URL(POSTGRES_URL)
  url.pathname = `/${name}`
  return url.href
}

/** Rows, and the definitions of everything that is in the database. */
async function allIn(t: TestContext, url: string) {
  const sql = connect(t, url)
  const definitions = await sql<{ fact: string }[]>`
    SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS fact
      FROM information_schema.columns WHERE table_schema = current_schema()
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = quote_ident(current_schema())::regnamespace
    UNION ALL SELECT concat_ws(' ', proname, md5(prosrc)) FROM pg_proc
      WHERE pronamespace = quote_ident(current_schema())::regnamespace
    UNION ALL SELECT concat_ws(' ', sequencename, last_value) FROM pg_sequences WHERE schemaname = current_schema()
    ORDER BY 1`
  const secrets = await sql`SELECT value FROM settings WHERE name = 'secrets'`
  const rows = await storedInPostgres(sql)
  return {
    definitions: definitions.map(({ fact }) => fact),
    rows,
    secrets: secrets.map(({ value }) => value),
  }
}

/** Something in every table. */
async function fillAt(url: string): Promise<void> {
  const store = await openPostgresStore({ url })
  await fill(store)
  await store.close()
}

test('a back-up of PostgreSQL that is restored has everything, and the second copies new files alone', {
  skip,
}, async (t) => {
  const [url, target] = [await newDatabase(t), await newDatabase(t)]
  const directory = await tempDir(t)
  const [copy, from, to] = ['copy', 'files', 'restored'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  const talk = await Talk.start({ DATABASE_URL: url, FILES_DIR: from }, 'talker')
  const first = await talk.sendFile('the first')
  const source = ['--database-url', url, '--files-dir', from]
  assert.match(await backUp(t, copy, ...source), /1 contents, 9 bytes; 1 were new/)
  await talk.sendFile('the second')
  const { token } = talk.ann
  await talk[Symbol.asyncDispose]()
  await fillAt(url)
  assert.match(await backUp(t, copy, ...source), /2 contents, 19 bytes; 1 were new/)
  assert.equal(readdirSync(copy).filter((name) => /\.(dump|contents)$/.test(name)).length, 2)
  const { code, rows } = await verify(t, copy)
  assert.deepEqual([code, ...rows.map(({ level }) => level)], [0, 'ok', 'ok', 'ok', 'ok'])
  assert.match(await restore(t, copy, '--database-url', target, '--files-dir', to), /bytes, 100 %/)
  const [before, after] = [await allIn(t, url), await allIn(t, target)]
  assert.deepEqual(after, before)
  assert.equal(after.secrets.length, 1)
  const epochs = await connect(t, target)`SELECT 1 FROM settings WHERE name LIKE 'epoch of %'`
  assert.equal(epochs.length, 0, 'the next server gives it another')
  for (const [table, stored] of Object.entries(after.rows)) assert.ok(stored.length > 0, `${table} has rows`)
  assert.deepEqual(await contentsOf(to), await contentsOf(from))
  const server = await startParlance({ DATABASE_URL: target, FILES_DIR: to })
  const answer = await download({ url: server.url, token } as typeof talk.ann, first)
  const text = await answer.text()
  await server.close()
  assert.equal(text, 'the first')
  await refuses(t, /is not empty/, 'restore', copy, '--database-url', target, '--files-dir', to)
})

test('a back-up of PostgreSQL while people write is of one moment', { skip }, async (t) => {
  const [url, target] = [await newDatabase(t), await newDatabase(t)]
  const directory = await tempDir(t)
  const files = join(directory, 'files')
  await using talk = await Talk.start({ DATABASE_URL: url, FILES_DIR: files })
  let isOver = false
  let sent = 0
  const talking = (async () => {
    while (!isOver) {
      await talk.say(`message ${sent}`)
      sent += 1
    }
  })()
  const acknowledged = await until('some messages', () => (sent > 50 ? sent : 0))
  await backUp(t, join(directory, 'copy'), '--database-url', url, '--files-dir', files)
  isOver = true
  await talking
  await restore(t, join(directory, 'copy'), '--database-url', target, '--files-dir', join(directory, 'new'))
  const [row] = await connect(t, target)`
    SELECT count(*)::int AS rows, max(seq)::int AS newest, (SELECT max(last_seq)::int FROM conversations) AS last
    FROM messages`
  assert.ok(row?.rows >= acknowledged)
  assert.deepEqual([row?.newest, row?.last], [row?.rows, row?.rows])
})

/** Has the manifest say of the dump what is there now. */
async function reseal(copy: string): Promise<void> {
  const manifest = readManifest(copy)
  const { name } = manifest.files.database
  const database = { name, ...(await sumOf(join(copy, name), { signal })) }
  const resealed: Manifest = { ...manifest, files: { ...manifest.files, database } }
  writeFileSync(join(copy, FILES.manifest), manifestText(resealed))
}

test('a dump that was changed or cut is a fault, and nothing of it is restored', { skip }, async (t) => {
  const [url, target] = [await newDatabase(t), await newDatabase(t)]
  const directory = await tempDir(t)
  const [files, whole] = [join(directory, 'files'), join(directory, 'whole')]
  const talk = await Talk.start({ DATABASE_URL: url, FILES_DIR: files })
  await talk.sendFile('a file')
  await talk[Symbol.asyncDispose]()
  await backUp(t, whole, '--database-url', url, '--files-dir', files)
  const damages: readonly (readonly [string, (copy: string) => void | Promise<void>, RegExp])[] = [
    ['cut', (copy) => truncateSync(join(copy, 'parlance.dump'), 5000), /is not as the manifest says/],
    [
      'cut, with sums that agree',
      async (copy) => {
        const dump = join(copy, 'parlance.dump')
        truncateSync(dump, readFileSync(dump).length - 2000)
        await reseal(copy)
      },
      /pg_restore has failed: |holds \d+ of \d+ rows/,
    ],
    ['no list', (copy) => truncateSync(join(copy, 'parlance.contents'), 9), /is not as the manifest says/],
  ]
  for (const [name, damage, sentence] of damages) {
    const copy = join(directory, name)
    cpSync(whole, copy, { recursive: true })
    await damage(copy)
    const faults = (await findingsOf(copy, process.env, signal)).filter(({ level }) => level === 'fault')
    assert.match(faults[0]?.found ?? 'no fault', sentence, name)
    const to = ['--database-url', target, '--files-dir', join(directory, 'new')]
    await refuses(t, /is not as the manifest says|pg_restore has failed: /, 'restore', copy, ...to)
    const [found] = await connect(t, target)`
      SELECT count(*)::int AS things FROM pg_class WHERE relnamespace = 'public'::regnamespace`
    assert.equal(found?.things, 0, name)
  }
})

test('a database of another engine or schema is refused, and so is one that is not empty', {
  skip,
}, async (t) => {
  const url = await newDatabase(t)
  const directory = await tempDir(t)
  const [copy, files] = [join(directory, 'copy'), ['--files-dir', join(directory, 'files')]]
  const store = await Talk.start({ DATABASE_URL: url, FILES_DIR: join(directory, 'files') })
  await store[Symbol.asyncDispose]()
  await backUp(t, copy, '--database-url', url, ...files)
  const place = join(directory, 'place.db')
  await refuses(t, /is the back-up of a database in PostgreSQL/, 'restore', copy, '--dbpath', place)
  assert.equal(existsSync(place), false)
  await backUp(t, join(directory, 'sqlite'), '--dbpath', await filledFile(t))
  const sqlite = join(directory, 'sqlite')
  await refuses(t, /is the back-up of a database in SQLite/, 'restore', sqlite, '--database-url', url)
  await connect(t, url)`CREATE SCHEMA other`
  const other = `${url}?search_path=other`
  await refuses(t, /has the tables of schema public/, 'restore', copy, '--database-url', other)
  await connect(t, url)`CREATE TABLE other.mine (n int)`
  await refuses(t, /is not empty \(schema other\)/, 'restore', copy, '--database-url', other)
})

test('a schema of one’s own is backed up alone, and restored under its name', { skip }, async (t) => {
  const [url, target] = [await newDatabase(t), await newDatabase(t)]
  const own = (address: string) => `${address}?search_path=${encodeURIComponent('"My ""chat"""')}`
  for (const address of [url, target]) await connect(t, address)`CREATE SCHEMA "My ""chat"""`
  await connect(t, url)`CREATE TABLE public.foreign_rows AS SELECT 1 AS n`
  const directory = await tempDir(t)
  const files = ['--files-dir', join(directory, 'files')]
  const talk = await Talk.start({ DATABASE_URL: own(url), FILES_DIR: join(directory, 'files') })
  await talk.say('in a schema')
  await talk[Symbol.asyncDispose]()
  const copy = join(directory, 'copy')
  await backUp(t, copy, '--database-url', own(url), ...files)
  await restore(t, copy, '--database-url', own(target), ...files)
  assert.deepEqual((await allIn(t, own(target))).rows, (await allIn(t, own(url))).rows)
  const [found] = await connect(t, target)`SELECT to_regclass('public.foreign_rows') AS there`
  assert.equal(found?.there, null)
})

test('a pg_dump that is missing or older than the server is told in one sentence', { skip }, async (t) => {
  await assert.rejects(
    new PostgresTools(process.env, signal).require('pg_dump', 99),
    /^CommandEnd: pg_dump is of version \d+, and the server of 99: install .*\.$/,
  )
  const url = await newDatabase(t)
  await (await openPostgresStore({ url })).close()
  const parent = await tempDir(t)
  const args = ['backup', join(parent, 'copy'), '--database-url', url]
  const { exited, output } = spawnServer(t, { PATH: parent }, args)
  assert.equal(await exited, 1)
  assert.match(output.stderr, /^pg_dump is not to be found: install PostgreSQL's client programs .*\.\n$/)
  assert.deepEqual(readdirSync(parent), [])
})

test('a back-up of PostgreSQL that is stopped leaves nothing behind, though it waits for a lock', {
  skip,
}, async (t) => {
  const url = await newDatabase(t)
  await (await openPostgresStore({ url })).close()
  const parent = await tempDir(t)
  const sql = connect(t, url)
  await sql.begin(async (transaction) => {
    await transaction`LOCK TABLE messages IN ACCESS EXCLUSIVE MODE`
    const { child, exited, output } = spawnServer(t, {}, [
      'backup',
      join(parent, 'copy'),
      '--database-url',
      url,
    ])
    // Other files' databases have locks of their own.
    const waiting = () => transaction`
      SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
      WHERE NOT granted AND datname = current_database()`
    await until('the back-up to wait', async () => (await waiting()).length > 0)
    child.kill('SIGTERM')
    assert.equal(await exited, 130, output.stderr)
    assert.match(output.stderr, /nothing was kept of it, give the command again\.$/m)
  })
  assert.deepEqual(readdirSync(parent), [])
})
