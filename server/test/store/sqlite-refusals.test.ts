import assert from 'node:assert/strict'
import { chmod, open, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { StoreRefusal } from '../../src/store/store.ts'
import { tempDir } from '../support/temp-dir.ts'
import { tempStore } from './temp-store.ts'

/** With one sentence, which says what is wrong and what to do. */
async function refusesToOpen(file: string, reason: RegExp): Promise<void> {
  // Closed should it open after all, so that the test fails instead of never ending.
  const attempt = openSqliteStore({ file }).then((store) => store.close())
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
    assert.match(error.message, reason)
    assert.match(error.message, /^[^\n]+: [^\n]+\.$/)
    return true
  })
}

async function closedStore(t: TestContext): Promise<string> {
  const { store, file } = await tempStore(t)
  await store.close()
  return file
}

test('refuses a schema newer than its own, and leaves it as it was', async (t) => {
  const file = await closedStore(t)
  const db = new DatabaseSync(file)
  db.exec("INSERT INTO schema_migrations (number, name) VALUES (99, 'from the future')")
  await refusesToOpen(file, /has schema 99 but this server only knows schema \d+: start the newer server/)
  assert.equal(db.prepare('SELECT max(number) AS n FROM schema_migrations').get()?.n, 99)
  db.close()
})

test('refuses a file that is no database', async (t) => {
  const file = join(await tempDir(t), 'notes.txt')
  await writeFile(file, 'These are notes, not a database.\n'.repeat(200))
  await refusesToOpen(file, /is damaged or not a database/)
})

test('refuses a database whose first page is damaged', async (t) => {
  const file = await closedStore(t)
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(3900, 0xa5), 0, 3900, 100)
  await handle.close()
  await refusesToOpen(file, /is damaged or not a database/)
})

test('refuses the database of another program', async (t) => {
  const file = join(await tempDir(t), 'other.db')
  const db = new DatabaseSync(file)
  db.exec('CREATE TABLE recipes (id INTEGER PRIMARY KEY)')
  db.close()
  await refusesToOpen(file, /is the database of another program/)
})

test('refuses a directory that cannot be made', async (t) => {
  const blocker = join(await tempDir(t), 'a-file')
  await writeFile(blocker, '')
  await refusesToOpen(join(blocker, 'data', 'parlance.db'), /a-file\/data cannot be created/)
})

test('refuses a directory that it cannot write to', async (t) => {
  // Root may write anywhere but there.
  const directory = process.platform === 'linux' ? '/proc' : await tempDir(t)
  if (directory !== '/proc') await chmod(directory, 0o500)
  await refusesToOpen(join(directory, 'parlance.db'), /cannot be written: allow this user/)
})

test('refuses a file that another server has open, whatever it is called', async (t) => {
  const { store, file } = await tempStore(t)
  const alias = join(await tempDir(t), 'alias.db')
  await symlink(file, alias)
  await refusesToOpen(file, /is in use by another running server/)
  await refusesToOpen(alias, /is in use by another running server/)
  await store.ping()
  await store.close()
  const second = await openSqliteStore({ file: alias })
  await second.close()
})

test('lets exactly one of two servers that start at once have the file', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const opened = await Promise.allSettled([1, 2, 3].map(() => openSqliteStore({ file })))
  const stores = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  assert.equal(stores.length, 1)
  await stores[0]?.close()
})

test('opens what it made before, and a new file in a new directory', async (t) => {
  const file = join(await tempDir(t), 'deep', 'down', 'parlance.db')
  for (const _ of [1, 2]) {
    const store = await openSqliteStore({ file })
    await store.ping()
    await store.close()
  }
})

test('keeps what it stores from other users of the machine', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.ping()
  for (const suffix of ['', '-wal', '-shm']) assert.equal((await stat(file + suffix)).mode & 0o077, 0)
})
