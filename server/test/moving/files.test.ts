import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { TABLES } from '../../src/store/moving.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { present, World } from '../store/world.ts'
import { parlance, refuses } from '../support/command.ts'
import { tempDir } from '../support/temp-dir.ts'
import { succeeds } from './command.ts'
import { filledFile } from './filled.ts'
import { storedIn } from './stored.ts'

const secretsOf = async (database: string): Promise<unknown> =>
  JSON.parse(await readFile(join(dirname(database), 'secrets.json'), 'utf8'))

/** The path of a file that is not there yet. */
const elsewhere = async (t: TestContext, name = 'moved.db'): Promise<string> =>
  join(await tempDir(t), 'new', name)

async function exported(t: TestContext, database: string, name = 'all.ndjson'): Promise<string> {
  const file = join(await tempDir(t), name)
  await succeeds(t, 'export', file, '--dbpath', database)
  return file
}

for (const name of ['all.ndjson', 'all.ndjson.gz']) {
  test(`a database comes back whole from ${name}, with its secrets and its schema`, async (t) => {
    const [from, to] = [await filledFile(t), await elsewhere(t)]
    await succeeds(t, 'import', await exported(t, from, name), '--dbpath', to)
    const stored = storedIn(from)
    for (const [table, rows] of Object.entries(stored)) assert.ok(rows.length > 0, `${table} has rows`)
    assert.deepEqual(storedIn(to), stored)
    assert.deepEqual(await secretsOf(to), await secretsOf(from))
    assert.deepEqual(schemaOf(to), schemaOf(from))
  })
}

function schemaOf(file: string): unknown {
  using db = new DatabaseSync(file, { readOnly: true })
  return db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
}

test('every column of every table is moved', async (t) => {
  using db = new DatabaseSync(await filledFile(t), { readOnly: true })
  const columns = db
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
       WHERE t.type = 'table' AND t.name NOT IN ('schema_migrations', 'account_notices', 'settings', 'leases')
         AND t.name NOT GLOB 'search*'`,
    )
    .all()
    .map((row) => `${row.table}.${row.column}`)
  const moved = TABLES.flatMap(({ name, columns }) =>
    Object.keys(columns).map((column) => `${name}.${column}`),
  )
  const lost = columns.filter((column) => !moved.includes(column))
  const absent = moved.filter((column) => !columns.includes(column))
  assert.deepEqual({ lost, absent }, { lost: [], absent: [] })
})

test('the tests of moving have something in every column', async (t) => {
  using db = new DatabaseSync(await filledFile(t), { readOnly: true })
  const empty = TABLES.flatMap(({ name, columns }) =>
    Object.keys(columns)
      .filter((column) => !db.prepare(`SELECT 1 FROM ${name} WHERE ${column} IS NOT NULL`).get())
      .map((column) => `${name}.${column}`),
  )
  assert.deepEqual(empty, [])
})

test('an archive is for its owner only, and never takes the place of another file', async (t) => {
  const from = await filledFile(t)
  const file = await exported(t, from)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const before = await readFile(file)
  await refuses(t, /all\.ndjson is there already/, 'export', file, '--dbpath', from)
  assert.deepEqual(await readFile(file), before)
})

test('standard output gets the same archive, gzipped or not as the name says', async (t) => {
  const from = await filledFile(t)
  const { stdout } = await succeeds(t, 'export', '-', '--dbpath', from)
  const plain = await readFile(await exported(t, from), 'utf8')
  const gzipped = gunzipSync(await readFile(await exported(t, from, 'all.gz'))).toString()
  const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('['))
  assert.ok(rowsOf(plain).length > 20)
  assert.deepEqual(rowsOf(stdout), rowsOf(plain))
  assert.deepEqual(rowsOf(gzipped), rowsOf(plain))
})

test('a database can be exported while a server has it open', async (t) => {
  const from = await filledFile(t)
  const store = await openSqliteStore({ file: from })
  t.after(() => store.close())
  await new World(store).account('a-late-one')
  const to = await elsewhere(t)
  await succeeds(t, 'import', await exported(t, from), '--dbpath', to)
  assert.deepEqual(storedIn(to), storedIn(from))
  assert.ok(storedIn(to).accounts?.some((row) => row.includes('a-late-one')))
})

test('an archive that was cut or changed stores nothing', async (t) => {
  const whole = await readFile(await exported(t, await filledFile(t)), 'utf8')
  const lines = whole.split('\n')
  const row = lines.findIndex((line) => line.includes('from a guest'))
  const damages: Readonly<Record<string, string>> = {
    'its end': whole.slice(0, -100),
    'its last line': `${lines.slice(0, -2).join('\n')}\n`,
    'its second half': whole.slice(0, whole.length / 2),
    'a row': lines.toSpliced(row, 1).join('\n'),
    'a letter': whole.replace('from a guest', 'from a Guest'),
    'the order': lines
      .with(row, lines[row - 1] ?? '')
      .with(row - 1, lines[row] ?? '')
      .join('\n'),
    'a secret': whole.replace(/"pusherKey":"./, '"pusherKey":"_'),
    'more at its end': `${whole}[1]\n`,
  }
  for (const [what, text] of Object.entries(damages)) {
    assert.notEqual(text, whole, what)
    const [file, to] = [join(await tempDir(t), 'damaged.ndjson'), await elsewhere(t)]
    await writeFile(file, text)
    await refuses(
      t,
      /damaged\.ndjson was cut or changed .*: nothing of it counts/,
      'import',
      file,
      '--dbpath',
      to,
    )
    assert.equal(existsSync(to), false, what)
  }
})

test('a gzipped archive that was cut stores nothing', async (t) => {
  const [file, to] = [join(await tempDir(t), 'cut.gz'), await elsewhere(t)]
  const whole = await readFile(await exported(t, await filledFile(t), 'all.gz'))
  await writeFile(file, whole.subarray(0, -20))
  await refuses(t, /cut\.gz was cut or changed/, 'import', file, '--dbpath', to)
  assert.equal(existsSync(to), false)
})

test('refuses what is no archive, and one of another version', async (t) => {
  const to = await elsewhere(t)
  const whole = await readFile(await exported(t, await filledFile(t)), 'utf8')
  const cases: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['list.txt', 'eggs, milk\n', /list\.txt is not an archive of Parlance/],
    ['empty', '', /empty is not an archive of Parlance/],
    ['list.gz', gzipSync('eggs, milk\n'), /list\.gz is not an archive of Parlance/],
    [
      'newer.ndjson',
      whole.replace('"version":1', '"version":2'),
      /newer\.ndjson was written by another version/,
    ],
  ]
  for (const [name, content, sentence] of cases) {
    const file = join(await tempDir(t), name)
    await writeFile(file, content)
    await refuses(t, sentence, 'import', file, '--dbpath', to)
  }
  await refuses(
    t,
    /not-there cannot be read \(ENOENT\)/,
    'import',
    join(await tempDir(t), 'not-there'),
    '--dbpath',
    to,
  )
  assert.equal(existsSync(to), false)
})

test('a database that has rows is refused, and left as it was', async (t) => {
  const [from, to] = [await filledFile(t), await filledFile(t)]
  const before = storedIn(to)
  await refuses(t, /parlance\.db is not empty/, 'import', await exported(t, from), '--dbpath', to)
  assert.deepEqual(storedIn(to), before)
})

test('secrets that are there and differ are refused, and left as they were', async (t) => {
  const [from, other] = [await filledFile(t), await filledFile(t)]
  const before = await secretsOf(other)
  const to = join(dirname(other), 'second.db')
  await refuses(t, /secrets\.json holds other secrets/, 'import', await exported(t, from), '--dbpath', to)
  assert.deepEqual(await secretsOf(other), before)
})

test('rows that a disk or a program has changed on their way are noticed when they are read back', async (t) => {
  const [from, to] = [await filledFile(t), await elsewhere(t)]
  const { db, close } = openForWriting(to)
  db.exec(`CREATE TRIGGER meddle AFTER INSERT ON messages WHEN new.body = 'from a guest'
    BEGIN UPDATE messages SET body = 'from nobody' WHERE id = new.id; END`)
  close()
  await refuses(
    t,
    /rows of messages that were read back are not those that were written/,
    'import',
    await exported(t, from),
    '--dbpath',
    to,
  )
  await refuses(t, /holds part of an import that was interrupted/, 'start', '--dbpath', to)
})

test('a command that is not complete says what is missing, or too much', async (t) => {
  await refuses(t, /^FILE is missing\.$/, 'export')
  await refuses(
    t,
    /^"b" is one word too many; options that npm is to pass on come after --, as in npm start -- --port 9000\.$/,
    'import',
    'a',
    'b',
  )
  await refuses(
    t,
    /There is no database .*nowhere\.db/,
    'export',
    '-',
    '--dbpath',
    join(await tempDir(t), 'nowhere.db'),
  )
  await refuses(t, /DATABASE_URL must name the PostgreSQL database/, 'migrate')
  const { code, stderr } = await parlance(t, 'move')
  assert.equal(code, 2)
  for (const name of ['start', 'export FILE', 'import FILE', 'migrate'])
    assert.ok(present(stderr).includes(`  ${name}`))
})
