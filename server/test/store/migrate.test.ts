import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Migration } from '../../src/store/migrate.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { MIGRATIONS, migrate } from '../../src/store/sqlite/schema.ts'
import { tempDir } from '../support/temp-dir.ts'
import { nobodyIsAdmin, oldConversations } from './old-conversations.ts'
import { creatorsAreOwners, oldMembers } from './old-members.ts'
import { namesStay, OLD_NAMES } from './old-names.ts'
import { oldSessions, sessionsStay } from './old-sessions.ts'
import { World } from './world.ts'

const first: Migration = { number: 1, name: 'one', sql: 'CREATE TABLE one (n INTEGER)' }
const second: Migration = { number: 2, name: 'two', sql: 'INSERT INTO one (n) VALUES (2)' }
const broken: Migration = {
  ...second,
  sql: 'INSERT INTO one (n) VALUES (1); INSERT INTO missing (n) VALUES (2)',
}

const OLD_ACCOUNT = `
  INSERT INTO accounts (uuid, username, username_key, display_name, password_hash, is_guest, created_at, updated_at,
    last_seen_at)
  VALUES (?, ?, ?, ?, 'hash', 0, 1, 1, 1)`

const rowsOf = (db: DatabaseSync): unknown[] =>
  db
    .prepare('SELECT n FROM one')
    .all()
    .map(({ n }) => n)

test('applies each migration once, the missing ones in order', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'a file', { known: [first] })
  assert.deepEqual(rowsOf(db), [])
  migrate(db, 'a file', { known: [first, second] })
  migrate(db, 'a file', { known: [first, second] })
  assert.deepEqual(rowsOf(db), [2])
  const recorded = db.prepare('SELECT number, name FROM schema_migrations ORDER BY number').all()
  assert.deepEqual(
    recorded.map((row) => ({ ...row })),
    [
      { number: 1, name: 'one' },
      { number: 2, name: 'two' },
    ],
  )
})

test('leaves the schema as it was when a migration fails', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'a file', { known: [first] })
  assert.throws(() => migrate(db, 'a file', { known: [first, broken] }), /no such table: missing/)
  assert.deepEqual(rowsOf(db), [])
  migrate(db, 'a file', { known: [first, second] })
  assert.deepEqual(rowsOf(db), [2])
})

test('keeps every message and what refers to it when messages are clustered', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'a file', { known: MIGRATIONS.slice(0, 1) })
  db.exec(`
    INSERT INTO accounts (id, uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at)
    VALUES (1, 'u', 'ann', 'Ann', 0, 1, 1, 1);
    INSERT INTO conversations (id, gid, kind, creator_id, created_at, updated_at, activity_at, last_seq)
    VALUES (7, 'aBcDeFgH', 'group', 1, 1, 1, 1, 3);
    INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at,
      deleted_at)
    VALUES (11, 7, 1, 2, 1, 'x', NULL, 'first', 5, NULL), (12, 7, 2, 3, 1, NULL, NULL, '', 6, 9),
      (15, 7, 3, 4, 1, NULL, 11, 'third', 7, NULL);
    UPDATE conversations SET last_message_id = 15;
    INSERT INTO changes (conversation_id, change, kind, account_id, message_id, last_seq, at)
    VALUES (7, 5, 'deleted', 1, 12, 3, 9)`)
  const rows = () =>
    db
      .prepare(
        'SELECT id, seq, change, client_id, reply_to, body, sent_at, deleted_at FROM messages ORDER BY id',
      )
      .all()
  const before = rows()
  migrate(db, 'a file')
  assert.deepEqual(rows(), before)
  assert.equal(before.length, 3)
  assert.throws(() => db.exec('UPDATE messages SET reply_to = 99 WHERE id = 15'), /FOREIGN KEY/)
  const kept = db.prepare('SELECT id, gid, last_message_id AS last FROM conversations').all()
  assert.deepEqual(
    kept.map((row) => ({ ...row })),
    [{ id: 7, gid: 'aBcDeFgH', last: 15 }],
  )
})

test('makes null of a bio that was empty, and keeps those that were set', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'a file', { known: MIGRATIONS.slice(0, 2) })
  db.exec(`
    INSERT INTO accounts (uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at)
    VALUES ('u', 'ann', 'Ann', 0, 1, 1, 1);
    INSERT INTO accounts (uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at, bio)
    VALUES ('v', 'bob', 'Bob', 0, 1, 1, 1, 'fox 🦊')`)
  migrate(db, 'a file')
  const bios = db.prepare('SELECT bio FROM accounts ORDER BY id').all()
  assert.deepEqual(
    bios.map(({ bio }) => bio),
    [null, 'fox 🦊'],
  )
})

test('lets names stay that look alike, finds each, and takes no new one like them', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, 4) })
  OLD_NAMES.forEach((name, n) => {
    db.prepare(OLD_ACCOUNT).run(`${n}`, name, name.normalize('NFKC').toLowerCase(), name)
  })
  db.exec(`
    INSERT INTO conversations (gid, kind, name, name_key, creator_id, created_at, updated_at, activity_at)
    VALUES ('aaaaaaaa', 'open', 'Straße', 'straße', 1, 1, 1, 1), ('bbbbbbbb', 'open', 'Strasse', 'strasse', 1, 1, 1, 1),
      ('cccccccc', 'group', 'Strasse', NULL, 1, 1, 1, 1)`)
  db.close()
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await namesStay(new World(store))
})

test('makes owners of creators who are members still, but not of guests', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, 5) })
  db.exec(oldMembers('0', '1'))
  db.close()
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await creatorsAreOwners(new World(store))
})

test('keeps sessions from before they had ids, and gives each one', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, 6) })
  db.exec(oldSessions('0'))
  db.close()
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await sessionsStay(new World(store))
})

test('knows of no administrator, and of nothing deleted, in a database from before there were any', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, 12) })
  db.exec(oldConversations('0', '1'))
  db.close()
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await nobodyIsAdmin(new World(store))
})
