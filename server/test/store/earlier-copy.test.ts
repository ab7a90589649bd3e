import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { toConversationId } from '../../src/core/types.ts'
import type { EarlierCopy } from '../../src/store/sqlite/earlier-copy.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { MIGRATIONS, migrate } from '../../src/store/sqlite/schema.ts'
import { spawnServer } from '../support/process.ts'
import { fillDisk, mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const NEWEST = MIGRATIONS.length
const MESSAGES = 300

/** A database of that schema with messages in it. */
function oldDatabase(file: string, schema: number): void {
  using db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL')
  migrate(db, file, { known: MIGRATIONS.slice(0, schema) })
  db.exec(`
    INSERT INTO accounts (uuid, username, username_key, display_name, password_hash, is_guest, created_at, updated_at,
      last_seen_at)
    VALUES ('u', 'ann', 'ann', 'Ann', 'hash', 0, 1, 1, 1);
    INSERT INTO conversations (gid, kind, creator_id, created_at, updated_at, activity_at, last_seq, last_change)
    VALUES ('aBcDeFgH', 'group', 1, 1, 1, 1, ${MESSAGES}, ${MESSAGES + 1});
    INSERT INTO members (conversation_id, account_id, joined_at) VALUES (1, 1, 1);
    INSERT INTO changes (conversation_id, change, kind, account_id, last_seq, at) VALUES (1, 1, 'created', 1, 0, 1);
    INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, body, sent_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MESSAGES})
    SELECT i, 1, i, i + 1, 1, 'client id ' || i, 'message 🦊 ' || i, i FROM n;
    UPDATE conversations SET last_message_id = ${MESSAGES}`)
  if (schema >= 8) db.exec("INSERT INTO settings (name, value) VALUES ('epoch', 'the old one')")
}

/** Every row of every table but the epoch, in the order of the file. */
function rowsIn(file: string): Readonly<Record<string, unknown>> {
  using db = new DatabaseSync(file, { readOnly: true })
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = db.prepare(`SELECT * FROM "${name}"`).all()
      return [String(name), rows.filter((row) => row.name !== 'epoch')]
    }),
  )
}

async function opened(file: string) {
  const earlier: EarlierCopy[] = []
  const store = await openSqliteStore({ file, onSchemaChange: (copy) => void earlier.push(copy) })
  try {
    const conversationId = toConversationId(1)
    const messages = await store.messages.list({ conversationId, limit: Infinity }).catch(() => [])
    return { earlier, epoch: await store.epoch(), texts: messages.map(({ body }) => body) }
  } finally {
    await store.close()
  }
}

const copiesBeside = (file: string): readonly string[] =>
  readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.schema-`))
    .toSorted()

for (let schema = 1; schema < NEWEST; schema++)
  test(`a database of schema ${schema} is copied before it is changed, and can be put back`, async (t) => {
    const file = join(await tempDir(t), 'parlance.db')
    oldDatabase(file, schema)
    const before = rowsIn(file)
    const first = await opened(file)
    const copy = `${file}.schema-${schema}`
    assert.equal(first.texts.length, MESSAGES)
    assert.deepEqual(first.earlier, [{ path: copy, schema, bytes: statSync(copy).size }])
    assert.equal(statSync(copy).mode & 0o777, 0o600)
    assert.deepEqual(copiesBeside(file), [basename(copy)])
    assert.deepEqual(rowsIn(copy), before)
    assert.notDeepEqual(rowsIn(file), before)
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    cpSync(copy, file)
    const second = await opened(file)
    assert.deepEqual(second.texts, first.texts)
    assert.notEqual(second.epoch, first.epoch)
    assert.notEqual(second.epoch, 'the old one')
    assert.deepEqual(rowsIn(copy), before)
  })

test('a new database and one of this version are not copied', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  assert.deepEqual((await opened(file)).earlier, [])
  assert.deepEqual((await opened(file)).earlier, [])
  assert.deepEqual(copiesBeside(file), [])
})

test('the newest two copies are kept, and nothing else is removed', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  for (const [n, name] of ['schema-2', 'schema-3', 'schema-99', 'schema-2.mine', 'schema-x'].entries()) {
    writeFileSync(`${file}.${name}`, 'an older copy')
    utimesSync(`${file}.${name}`, n + 1, n + 1)
  }
  oldDatabase(file, NEWEST - 1)
  writeFileSync(`${file}.schema-${NEWEST - 1}.partial`, 'of a start that was killed')
  await opened(file)
  const kept = [`schema-${NEWEST - 1}`, 'schema-2.mine', 'schema-99', 'schema-x']
  assert.deepEqual(copiesBeside(file), kept.map((name) => `parlance.db.${name}`).toSorted())
})

test('a copy that a start has left which came no further is replaced', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  oldDatabase(file, NEWEST - 1)
  writeFileSync(`${file}.schema-${NEWEST - 1}`, 'of a start that was killed')
  const before = rowsIn(file)
  await opened(file)
  assert.deepEqual(rowsIn(`${file}.schema-${NEWEST - 1}`), before)
})

function smallDisk(t: TestContext): string {
  const disk = mountSmallDisk(1024)
  assert.ok(disk)
  t.after(() => unmountSmallDisk(disk))
  return disk
}

test('a database that cannot be copied is not changed, and the sentence says so', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const disk = smallDisk(t)
  const file = join(disk, 'parlance.db')
  oldDatabase(file, NEWEST - 1)
  const before = rowsIn(file)
  const ballast = fillDisk(disk)
  // Room for the log's beginning and for no copy.
  const { size } = statSync(ballast)
  writeFileSync(ballast, Buffer.alloc(size - 100 * 1024))
  await assert.rejects(opened(file), {
    name: 'StoreRefusal',
    message: `There is no room for a copy of ${file}, which is made beside it before its schema is changed: make room on its disk and start again, nothing was changed.`,
  })
  assert.deepEqual(rowsIn(file), before)
  assert.deepEqual(copiesBeside(file), [])
  rmSync(ballast)
  assert.equal((await opened(file)).texts.length, MESSAGES)
  assert.ok(existsSync(`${file}.schema-${NEWEST - 1}`))
})

test('a start says where the copy is', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  oldDatabase(file, NEWEST - 1)
  const settings = { DBPATH: file, HOST: '127.0.0.1', PORT: '0', ROOMS_TCP_PORT: '0' }
  const { child, exited, output } = spawnServer(t, settings)
  const said = () => /^\{.*a copy of it as it was is kept.*$/m.exec(output.stdout + output.stderr)
  const [line] = await until('the line', said, 60_000)
  assert.equal(JSON.parse(line).path, `${file}.schema-${NEWEST - 1}`)
  child.kill('SIGTERM')
  assert.equal(await exited, 0, output.stderr)
})
