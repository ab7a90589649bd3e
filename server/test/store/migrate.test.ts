import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Migration } from '../../src/store/migrate.ts'
import { migrate } from '../../src/store/sqlite/schema.ts'

const first: Migration = { number: 1, name: 'one', sql: 'CREATE TABLE one (n INTEGER)' }
const second: Migration = { number: 2, name: 'two', sql: 'INSERT INTO one (n) VALUES (2)' }
const broken: Migration = {
  ...second,
  sql: 'INSERT INTO one (n) VALUES (1); INSERT INTO missing (n) VALUES (2)',
}

const rowsOf = (db: DatabaseSync): unknown[] =>
  db
    .prepare('SELECT n FROM one')
    .all()
    .map(({ n }) => n)

test('applies each migration once, the missing ones in order', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'a file', [first])
  assert.deepEqual(rowsOf(db), [])
  migrate(db, 'a file', [first, second])
  migrate(db, 'a file', [first, second])
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
  migrate(db, 'a file', [first])
  assert.throws(() => migrate(db, 'a file', [first, broken]), /no such table: missing/)
  assert.deepEqual(rowsOf(db), [])
  migrate(db, 'a file', [first, second])
  assert.deepEqual(rowsOf(db), [2])
})
