import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Batch } from '../../src/store/sqlite/batch.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { storeConformance } from './conformance.ts'
import { findHoles } from './series.ts'
import { tempStore } from './temp-store.ts'
import { series, World } from './world.ts'

storeConformance('SQLite', async (t) => (await tempStore(t)).store)

test('writes through a log that is on disk before a commit returns', async (t) => {
  const { db, close } = openForWriting(join(await tempDir(t), 'parlance.db'))
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
  assert.equal(pragma('journal_mode'), 'wal')
  assert.equal(pragma('synchronous'), 2, 'FULL')
  assert.equal(pragma('fullfsync'), 1)
  assert.equal(pragma('foreign_keys'), 1)
  assert.equal(pragma('secure_delete'), 1)
  close()
})

test('commits together what was sent together', async (t) => {
  const commits: number[] = []
  const { store } = await tempStore(t, { onStats: ({ commands }) => commits.push(commands) })
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  commits.length = 0
  await Promise.all(series(900).map((n) => world.send(group, ann, `${n}`)))
  assert.deepEqual(commits, [900])
})

test('gives every change of a conversation one number, without a hole', async (t) => {
  const { store, file } = await tempStore(t)
  const world = new World(store)
  const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
  const open = await world.open(ann)
  await world.join(open, bob)
  const sent = await Promise.all(series(30).map((n) => world.send(open, n % 2 ? ann : bob, `${n}`)))
  const deletions = sent.slice(5, 25).map(({ message }, index) => {
    return world.delete(message.messageId, index % 2 ? ann : bob)
  })
  await Promise.all([...deletions, world.join(open, cy), world.send(open, ann, 'x'), world.leave(open, bob)])
  await world.private(ann, bob)
  const db = new DatabaseSync(file, { readOnly: true })
  assert.deepEqual(findHoles(db), [])
  db.close()
})

test('leaves no trace of a deleted message in its files, nor of its words', async (t) => {
  const { store, file } = await tempStore(t)
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const { message } = await world.send(group, ann, `secret${'x'.repeat(9000)} mystery`)
  const { message: last } = await world.send(group, ann, 'plain')
  await until('the messages are indexed', async () => (await store.search.indexedUpTo()) >= last.messageId)
  await world.delete(message.messageId, ann)
  const holds = (text: string) =>
    [file, `${file}-wal`].some((each) => existsSync(each) && readFileSync(each).includes(text))
  await until('the words are gone', () => !holds('secret') && !holds('mystery'))
  await store.close()
  assert.equal(holds('plain'), true)
  assert.equal(holds('secret') || holds('mystery'), false)
})

/**
 * Beside such rows, two tables that are read whole: they have a row for each account and conversation that is just being
 * removed. And FTS5's word for a row by its id.
 */
const NO_TABLE =
  /^SCAN (?:json_each|CONSTANT ROW|\(subquery-\d+\)|(?:account|conversation)_removals$|search VIRTUAL TABLE INDEX 0:=)/

/** Names that a statement gives to rows of its own making: common table expressions, subqueries, and aliases of the former. */
function ownNames(sql: string): ReadonlySet<string> {
  const tables = [...sql.matchAll(/(\w+) AS (?:MATERIALIZED )?\(/g)].map(([, name = '']) => name)
  const aliases = tables.flatMap((name) => [...sql.matchAll(new RegExp(`(?:FROM|JOIN) ${name} (\\w+)`, 'g'))])
  const subqueries = [...sql.matchAll(/\) ([a-z]\w*)/g)]
  return new Set([...tables, ...[...aliases, ...subqueries].map(([, name = '']) => name)])
}

/** The newest messages of all, so many and no more. */
const READS_NEWEST = /FROM messages ORDER BY id DESC LIMIT \d+/
const NEWEST = /^SCAN messages USING (?:COVERING )?INDEX messages_id$/

test('finds its way to every row by an index', async (t) => {
  const prepare = t.mock.method(DatabaseSync.prototype, 'prepare')
  await tempStore(t)
  const { db, close } = openForWriting(join(await tempDir(t), 'parlance.db'))
  new Batch(db)
  const statements = prepare.mock.calls.map((call) => String(call.arguments[0]))
  assert.ok(statements.length > 50)
  const ours = statements.filter((sql) => !sql.includes('sqlite_schema'))
  for (const sql of ours) {
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
    const own = ownNames(sql)
    const scans = plan.filter(
      (detail) => /^SCAN /.test(detail) && !NO_TABLE.test(detail) && !own.has(detail.split(' ')[1] ?? ''),
    )
    const unbounded = READS_NEWEST.test(sql) ? scans.filter((detail) => !NEWEST.test(detail)) : scans
    assert.deepEqual(unbounded, [], sql)
  }
  close()
})
