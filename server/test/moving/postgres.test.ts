import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Sql } from 'postgres'
import { agreeOnSecrets } from '../../src/secrets/index.ts'
import { TABLES } from '../../src/store/moving.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openPostgresTarget } from '../../src/store/postgres/moving.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { HOLES } from '../store/series.ts'
import { present, refuses as refusesWrite, series, World } from '../store/world.ts'
import { refuses } from '../support/command.ts'
import { connect, proxyTo, tempSchema } from '../support/postgres.ts'
import { spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { succeeds } from './command.ts'
import { fill, filledFile, longFile } from './filled.ts'
import { storedIn, storedInPostgres } from './stored.ts'

async function openStore(t: TestContext, url: string) {
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  return store
}

test('a SQLite file is moved whole, and left as it was', async (t) => {
  const [from, url] = [await filledFile(t), await tempSchema(t)]
  const before = await readFile(from)
  await succeeds(t, 'migrate', '--from', from, '--database-url', url)
  const sql = connect(t, url)
  assert.deepEqual(await storedInPostgres(sql), storedIn(from))
  assert.deepEqual(await readFile(from), before)
  const [kept] = await sql`SELECT value FROM settings WHERE name = 'secrets'`
  const secrets = await readFile(join(dirname(from), 'secrets.json'), 'utf8')
  assert.deepEqual(JSON.parse(kept?.value), JSON.parse(secrets))
})

test('without --from, the file of DBPATH is moved', async (t) => {
  const [from, url] = [await filledFile(t), await tempSchema(t)]
  await succeeds(t, 'migrate', '--dbpath', from, '--database-url', url)
  assert.deepEqual(await storedInPostgres(connect(t, url)), storedIn(from))
})

test('a moved database has the same columns, keys and indexes as any other', async (t) => {
  const [url, natural] = [await tempSchema(t), await tempSchema(t)]
  await succeeds(t, 'migrate', '--from', await filledFile(t), '--database-url', url)
  await openStore(t, natural)
  const [moved, made] = await Promise.all([url, natural].map((schema) => schemaOf(t, schema)))
  assert.ok(present(made).length > 80)
  assert.deepEqual(moved, made)
})

async function schemaOf(t: TestContext, url: string): Promise<readonly string[]> {
  const schema = present(new URL(url).searchParams.get('search_path'))
  const rows = await connect(t, url)<{ fact: string }[]>`
    SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS fact
      FROM information_schema.columns WHERE table_schema = current_schema()
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = current_schema()::regnamespace
    UNION ALL SELECT concat_ws(' ', proname, md5(prosrc)) FROM pg_proc
      WHERE pronamespace = current_schema()::regnamespace
    ORDER BY 1`
  return rows.map(({ fact }) => fact.replaceAll(`${schema}.`, ''))
}

test('every column of every table is moved', async (t) => {
  const url = await tempSchema(t)
  await openStore(t, url)
  const rows = await connect(t, url)<{ column: string }[]>`
    SELECT table_name || '.' || column_name AS column FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'search%'
      AND table_name NOT IN ('schema_migrations', 'settings', 'writers', 'leases', 'account_notices')`
  const moved = TABLES.flatMap(({ name, columns }) =>
    Object.keys(columns).map((column) => `${name}.${column}`),
  )
  assert.deepEqual(moved.toSorted(), rows.map(({ column }) => column).toSorted())
})

test('new ids, numbers and places follow those that came', async (t) => {
  const [from, url] = [await filledFile(t), await tempSchema(t)]
  await succeeds(t, 'migrate', '--from', from, '--database-url', url)
  const world = new World(await openStore(t, url))
  const [ann, bob] = [
    present(await world.store.accounts.findByUsername('Ann')),
    present(await world.store.accounts.findByUsername('bob')),
  ]
  const privately = present(await world.store.conversations.findPrivate([ann.accountId, bob.accountId]))
  const first = await world.send(privately, ann, 'something else', { clientId: '[1,2]' })
  assert.equal(first.isNew, false, 'what was sent before is not stored twice')
  assert.equal(first.message.body, '[1,2]')
  const { message } = await world.send(privately, bob, 'after the move')
  assert.equal(message.seq, privately.lastSeq + 1)
  const newcomer = await world.account('newcomer')
  await world.store.contacts.add(newcomer.accountId, ann.accountId, world.now())
  const group = await world.group(newcomer, ann)
  const invite = {
    conversationId: group.conversationId,
    byId: newcomer.accountId,
    seen: { by: 'owner' },
  } as const
  const life = { at: world.now(), expiresAt: world.now() + 9, maxUses: 1 }
  await world.store.invites.create({ ...invite, ...life, digest: 'after the move' })
  const stored = await storedInPostgres(connect(t, url))
  // The send moved its conversation on, and a new contact and membership are numbered; nothing else of before differs.
  const changed = new Map([
    ['conversations', 1],
    ['account_numbers', 1],
  ])
  for (const [table, rows] of Object.entries(storedIn(from)))
    assert.deepEqual(lostFrom(rows, stored[table] ?? []), changed.get(table) ?? 0, table)
  assert.deepEqual([...(await connect(t, url).unsafe(HOLES))], [])
})

const lostFrom = (before: readonly string[], after: readonly string[]): number =>
  before.filter((row) => !after.includes(row)).length

test('PostgreSQL is exported as of one moment while a server writes, and comes back whole in SQLite', async (t) => {
  const url = await tempSchema(t)
  const store = await openStore(t, url)
  await fill(store)
  await agreeOnSecrets((name, proposal) => store.agreeOn(name, proposal))
  const world = new World(store)
  const dora = present(await store.accounts.findByUsername('dora'))
  const busy = await world.open(dora, 'busy')
  let isOver = false
  t.after(() => {
    isOver = true
  })
  const writing = (async () => {
    while (!isOver) await Promise.all(series(50).map((n) => world.send(busy, dora, `message ${n}`)))
  })()
  const directory = await tempDir(t)
  const [file, to] = [join(directory, 'all.gz'), join(directory, 'new', 'moved.db')]
  await until('some messages', async () => (await world.conversation(busy)).lastSeq > 100)
  await succeeds(t, 'export', file, '--database-url', url)
  isOver = true
  await writing
  await succeeds(t, 'import', file, '--dbpath', to)
  const [before, now] = [storedIn(to), await storedInPostgres(connect(t, url))]
  assert.ok((before.messages?.length ?? 0) > 100)
  // The sends meanwhile move the conversation on, and now and then their sender's place there.
  const moving = new Set(['conversations', 'members'])
  for (const [table, rows] of Object.entries(before))
    assert.ok(lostFrom(rows, now[table] ?? []) <= (moving.has(table) ? 1 : 0), `${table} as it was`)
  const moved = await openSqliteStore({ file: to })
  t.after(() => moved.close())
  const { lastSeq } = present(await moved.conversations.find(busy.conversationId))
  const { length } = await moved.messages.list({ conversationId: busy.conversationId, limit: Infinity })
  assert.equal(length, lastSeq, 'the conversation and its messages are of the same moment')
})

test('PostgreSQL and SQLite make the same archive of the same rows', async (t) => {
  const [from, url] = [await filledFile(t), await tempSchema(t)]
  await succeeds(t, 'migrate', '--from', from, '--database-url', url)
  const one = await succeeds(t, 'export', '-', '--dbpath', from)
  const other = await succeeds(t, 'export', '-', '--database-url', url)
  const rowsOf = (text: string) => text.split('\n').slice(1, -2)
  assert.ok(rowsOf(one.stdout).length > 20)
  assert.deepEqual(rowsOf(other.stdout), rowsOf(one.stdout))
})

test('a file that a server has open is not moved', async (t) => {
  const [from, url] = [await filledFile(t), await tempSchema(t)]
  const store = await openSqliteStore({ file: from })
  t.after(() => store.close())
  await refuses(
    t,
    /parlance\.db is in use by another running server/,
    'migrate',
    '--from',
    from,
    '--database-url',
    url,
  )
})

test('a database that has rows is refused, and left as it was', async (t) => {
  const url = await tempSchema(t)
  await fill(await openStore(t, url))
  const sql = connect(t, url)
  const before = await storedInPostgres(sql)
  await refuses(
    t,
    /at 127\.0\.0\.1:5432 is not empty/,
    'migrate',
    '--from',
    await filledFile(t),
    '--database-url',
    url,
  )
  assert.deepEqual(await storedInPostgres(sql), before)
})

test('a server that has the database open writes nothing into an import, and goes on after it', async (t) => {
  const url = await tempSchema(t)
  const world = new World(await openStore(t, url))
  const target = await openPostgresTarget(url)
  t.after(() => target.close())
  await target.begin('an archive')
  await refusesWrite(world.account('too-early'), 'unavailable')
  await target.settle()
  await target.finish()
  assert.equal((await world.account('in-time')).username, 'in-time')
})

/** The number of messages that an interrupted move records as stored. */
async function broughtTo(sql: Sql): Promise<number> {
  const begun = await sql`SELECT sums->'messages'->>'rows' AS rows FROM unfinished_import`.catch(() => [])
  return Number(begun[0]?.rows ?? 0)
}

test('a move that was killed goes on with the same rows only, and no server starts meanwhile', async (t) => {
  const MANY = 100_000
  const [from, other, url] = [await longFile(t, MANY), await longFile(t, 10), await tempSchema(t)]
  const args = ['migrate', '--from', from, '--database-url', url]
  const sql = connect(t, url)
  const { child, output, exited } = spawnServer(t, {}, args)
  await until('some messages', async () => (await broughtTo(sql)) > 0 || child.exitCode !== null, 30_000)
  child.kill('SIGKILL')
  await exited
  await refuses(
    t,
    /holds part of an import that was interrupted/,
    'start',
    '--port',
    '0',
    '--database-url',
    url,
  )
  // The start above has waited until the database noticed the kill: the lock is free again.
  await refuses(t, /holds part of another archive/, 'migrate', '--from', other, '--database-url', url)
  assert.ok(
    (await broughtTo(sql)) > 0 && (await broughtTo(sql)) < MANY,
    `${await broughtTo(sql)} messages: ${output.stderr}`,
  )
  assert.equal((await storedInPostgres(sql)).messages?.length, await broughtTo(sql))
  await succeeds(t, ...args)
  assert.deepEqual(await storedInPostgres(sql), storedIn(from))
})

test('a move that has lost its connection says so, and goes on with the same command', async (t) => {
  const [from, url] = [await longFile(t, 100_000), await tempSchema(t)]
  const { proxy, url: proxied } = await proxyTo(t, url)
  const sql = connect(t, url)
  const { child, output, exited } = spawnServer(t, {}, ['migrate', '--from', from, '--database-url', proxied])
  const isUnderWay = async () => (await broughtTo(sql)) > 0 || child.exitCode !== null
  await until('some messages', isUnderWay, 30_000)
  proxy.cut('stay')
  assert.equal(await exited, 1)
  assert.match(output.stderr, /does not answer any more .* goes on where it stopped\.\n$/)
  await succeeds(t, 'migrate', '--from', from, '--database-url', url)
  assert.deepEqual(await storedInPostgres(sql), storedIn(from))
})
