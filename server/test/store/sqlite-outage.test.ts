import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { ChatError } from '../../src/core/errors.ts'
import { toAccountId, toConversationId } from '../../src/core/types.ts'
import { Batch } from '../../src/store/sqlite/batch.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { pack } from '../../src/store/sqlite/packed-message.ts'
import type { Command, WriteAnswer } from '../../src/store/sqlite/writes.ts'
import { tempDir } from '../support/temp-dir.ts'
import { findHoles } from './series.ts'
import { tempStore } from './temp-store.ts'
import { present, refuses, series, World } from './world.ts'

const AT = 1_700_000_000_000_000
const IN_THE_GROUP = { conversationId: toConversationId(1), senderId: toAccountId(1) }

const account = (username: string): Command => [
  'accounts.create',
  { uuid: username, username, displayName: username, email: null, passwordHash: 'hash', at: AT },
]

const send = (body: string): Command => [
  'messages.append',
  pack({ ...IN_THE_GROUP, clientId: null, replyTo: null, body, at: AT }),
]

/** The writer without its thread: one account in one group. */
async function groupOfOne(t: TestContext): Promise<{ db: DatabaseSync; batch: Batch }> {
  let close = () => {}
  t.after(() => close())
  const writing = openForWriting(join(await tempDir(t), 'parlance.db'))
  close = writing.close
  const batch = new Batch(writing.db)
  const group = { gid: 'aBcDeFgH', kind: 'group', name: null, creatorId: 1, memberIds: [1], at: AT }
  const answers = batch.run([account('ann'), ['conversations.create', group]])
  assert.deepEqual(outcomes(answers), ['value', 'value'])
  return { db: writing.db, batch }
}

const outcomes = (answers: readonly WriteAnswer[]): (string | undefined)[] =>
  answers.map((answer) => Object.keys(answer)[0])

const bodiesIn = (db: DatabaseSync): unknown[] =>
  db
    .prepare('SELECT body FROM messages ORDER BY id')
    .all()
    .map(({ body }) => body)

test('fails every write of a batch for which there is no room, then goes on', async (t) => {
  const { db, batch } = await groupOfOne(t)
  const { page_count: pages } = present(db.prepare('PRAGMA page_count').get())
  db.exec(`PRAGMA max_page_count = ${Number(pages) + 4}`)
  const large = send('x'.repeat(30_000))
  assert.deepEqual(outcomes(batch.run([send('small'), account('bob'), large])), Array(3).fill('outage'))
  assert.deepEqual(bodiesIn(db), [])
  assert.deepEqual(outcomes(batch.run([send('small'), account('bob')])), ['value', 'value'])
  db.exec('PRAGMA max_page_count = 1000000')
  assert.deepEqual(outcomes(batch.run([large])), ['value'])
  assert.equal(bodiesIn(db).length, 2)
  assert.deepEqual(findHoles(db), [])
})

test('keeps a defect that only shows in the commit to its write', async (t) => {
  const { db, batch } = await groupOfOne(t)
  db.exec(`
    CREATE TABLE trap (account_id INTEGER REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER trapped AFTER INSERT ON messages WHEN new.body = 'trap' BEGIN
      INSERT INTO trap (account_id) VALUES (99);
    END`)
  const answers = batch.run([send('one'), send('trap'), account('bob')])
  assert.deepEqual(outcomes(answers), ['value', 'defect', 'value'])
  assert.deepEqual(bodiesIn(db), ['one'])
  assert.deepEqual(outcomes(batch.run([send('two')])), ['value'])
  assert.deepEqual(findHoles(db), [])
})

test('fails a batch while another program holds the file, then goes on', async (t) => {
  const { db, batch } = await groupOfOne(t)
  db.exec('PRAGMA busy_timeout = 0')
  const other = new DatabaseSync(present(db.location()))
  other.exec('BEGIN IMMEDIATE')
  assert.deepEqual(outcomes(batch.run([send('one')])), ['outage'])
  other.close()
  assert.deepEqual(outcomes(batch.run([send('one')])), ['value'])
  assert.deepEqual(bodiesIn(db), ['one'])
})

test('keeps a defect in the middle of a write to that write', async (t) => {
  const { db, batch } = await groupOfOne(t)
  db.exec(`
    CREATE TRIGGER broken AFTER INSERT ON messages WHEN new.body = 'broken' BEGIN
      SELECT RAISE(ABORT, 'a defect');
    END;
    CREATE TRIGGER torn AFTER INSERT ON changes WHEN new.kind = 'left' BEGIN
      SELECT RAISE(ABORT, 'a defect');
    END`)
  const leave: Command = ['members.leave', { conversationId: 1, accountId: 1, heirId: null, at: AT }]
  const answers = batch.run([send('one'), send('broken'), account('ann'), leave, send('two')])
  assert.deepEqual(outcomes(answers), ['value', 'defect', 'refusal', 'defect', 'value'])
  assert.deepEqual(bodiesIn(db), ['one', 'two'])
  assert.deepEqual(findHoles(db), [])
})

test('hands a defect to its caller with its message and stack', async (t) => {
  const { store } = await tempStore(t)
  const world = new World(store)
  const ann = await world.account('ann')
  await assert.rejects(world.account('bob', { uuid: ann.uuid }), (error) => {
    assert.ok(error instanceof Error && !(error instanceof ChatError))
    assert.match(error.message, /UNIQUE constraint failed: accounts.uuid/)
    assert.match(error.stack ?? '', /accounts-writes/)
    return true
  })
})

test('refuses one write more than it lets wait', async (t) => {
  const { store } = await tempStore(t)
  const world = new World(store)
  const { accountId } = await world.account('ann')
  const writes = series(50_001).map(() => store.accounts.setSeen(accountId, AT))
  await refuses(present(writes.pop()), 'busy')
  await Promise.all(writes)
  await store.accounts.setSeen(accountId, AT)
})

test('fails what waits and all that follows when its thread dies, and lets the file go', async (t) => {
  const post = t.mock.method(Worker.prototype, 'postMessage')
  const failures: Error[] = []
  const { store, file } = await tempStore(t, { onFailure: (error) => failures.push(error) })
  const world = new World(store)
  const ann = await world.account('ann')
  const worker = post.mock.calls[0]?.this
  assert.ok(worker instanceof Worker)
  const waiting = world.account('bob')
  await Promise.all([refuses(waiting, 'outcome_unknown'), worker.terminate()])
  assert.equal(failures.length, 1)
  await refuses(world.account('cy'), 'unavailable')
  await refuses(store.ping(), 'unavailable')
  assert.deepEqual(await store.accounts.findByUsername('ann'), ann)
  await store.close()
  const next = await openSqliteStore({ file })
  assert.deepEqual(await next.accounts.findByUsername('ann'), ann)
  await next.close()
})

test('opens the next file of the process on the thread of one that was closed, or refused', async (t) => {
  const post = t.mock.method(Worker.prototype, 'postMessage')
  const { store, file } = await tempStore(t)
  const ann = await new World(store).account('ann')
  await store.close()
  const text = join(await tempDir(t), 'no.db')
  await writeFile(text, 'no database')
  await assert.rejects(openSqliteStore({ file: text }))
  const again = await openSqliteStore({ file })
  const beside = await openSqliteStore({ file: join(await tempDir(t), 'beside.db') })
  assert.deepEqual(await again.accounts.findByUsername('ann'), ann)
  assert.equal(await beside.accounts.findByUsername('ann'), undefined)
  await Promise.all([again.close(), beside.close()])
  assert.equal(new Set(post.mock.calls.map((call) => call.this)).size, 2)
})
