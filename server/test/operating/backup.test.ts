import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { copyInPlace } from '../../src/operating/backup/put-in-place.ts'
import { type Participant, World } from '../interop/world.ts'
import { filledFile } from '../moving/filled.ts'
import { storedIn } from '../moving/stored.ts'
import { parlance, refuses } from '../support/command.ts'
import { spawnServer } from '../support/process.ts'
import { mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const FILES = ['manifest.json', 'parlance.db', 'secrets.json']

async function backedUp(t: TestContext, file: string): Promise<string> {
  const directory = join(await tempDir(t), 'deep', 'copy')
  const { code, stderr } = await parlance(t, 'backup', directory, '--dbpath', file)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^Backed up, and the copy was read through\.$/m)
  return directory
}

async function restored(t: TestContext, directory: string): Promise<string> {
  const file = join(await tempDir(t), 'new', 'place.db')
  const { code, stderr } = await parlance(t, 'restore', directory, '--dbpath', file)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^Restored, and compared with the manifest\.$/m)
  return file
}

const textOf = (...path: readonly string[]) => readFile(join(...path), 'utf8')

test('a back-up that is restored has every row, the schema and the secrets', async (t) => {
  const from = await filledFile(t)
  const to = await restored(t, await backedUp(t, from))
  const stored = storedIn(from)
  for (const [table, rows] of Object.entries(stored)) assert.ok(rows.length > 0, `${table} has rows`)
  assert.deepEqual(storedIn(to), stored)
  assert.equal(await textOf(dirname(to), 'secrets.json'), await textOf(dirname(from), 'secrets.json'))
})

test('a back-up holds what is still in the log beside the file, in one file, for its owner only', async (t) => {
  const directory = await tempDir(t)
  const file = join(directory, 'parlance.db')
  await using world = await World.start({ DBPATH: file })
  const ann = await world.join('ann')
  const copy = await backedUp(t, file)
  assert.deepEqual((await readdir(copy)).toSorted(), FILES)
  for (const name of FILES) assert.equal((await stat(join(copy, name))).mode & 0o777, 0o600)
  assert.equal((await stat(copy)).mode & 0o777, 0o700)
  using db = new DatabaseSync(join(copy, 'parlance.db'), { readOnly: true })
  const names = db.prepare('SELECT username FROM accounts').all()
  assert.deepEqual(
    names.map(({ username }) => username),
    [ann.username],
  )
})

test('a back-up made while people talk is of one moment, and its server goes on where that was', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  await using world = await World.start({ DBPATH: file })
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const place = await world.open(ann, 'messenger', { kind: 'group', others: [bob], name: 'talk' })
  const talk = new AbortController()
  const sent: string[] = []
  const talking = talkUntil(talk.signal, async () => {
    await ann.rooms.send(place, `message ${sent.length}`)
    sent.push(`message ${sent.length}`)
  })
  await until('a hundred messages', () => sent.length >= 100)
  const acknowledged = sent.length
  const copy = await backedUp(t, file)
  talk.abort()
  await talking
  await using other = await World.start({ DBPATH: await restored(t, copy) })
  const again: Participant = await other.logIn(ann)
  const history = (await again.messenger.history(place)).map(({ text }) => text)
  assert.ok(history.length >= acknowledged)
  assert.deepEqual(history, sent.slice(0, history.length))
})

async function talkUntil(signal: AbortSignal, say: () => Promise<void>): Promise<void> {
  while (!signal.aborted) await say()
}

test('a folder with something in it, or a file, is never written to', async (t) => {
  const from = await filledFile(t)
  const taken = await tempDir(t)
  await writeFile(join(taken, 'mine'), '')
  await refuses(t, /is there already/, 'backup', taken, '--dbpath', from)
  await refuses(t, /is there already/, 'backup', join(taken, 'mine'), '--dbpath', from)
  assert.deepEqual(await readdir(taken), ['mine'])
  const empty = join(taken, 'empty')
  await mkdir(empty)
  assert.equal((await parlance(t, 'backup', empty, '--dbpath', from)).code, 0)
  assert.deepEqual((await readdir(empty)).toSorted(), FILES)
  await mkdir(join(taken, 'vacant'))
  for (const to of ['vacant', 'nowhere']) {
    const link = join(taken, `link-to-${to}`)
    await symlink(join(taken, to), link)
    await refuses(t, /link-to-.* is there already/, 'backup', link, '--dbpath', from)
  }
  await refuses(t, /^DIR is missing\.$/, 'backup', '', '--dbpath', from)
})

test('a back-up says which disk is full, and goes into a folder of a disk', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const from = await filledFile(t)
  const disk = mountSmallDisk(64)
  assert.ok(disk)
  t.after(() => unmountSmallDisk(disk))
  await refuses(t, /is a whole disk: name a folder in it/, 'backup', disk, '--dbpath', from)
  await refuses(t, /no room for the copy/, 'backup', join(disk, 'copy'), '--dbpath', from)
  assert.deepEqual(await readdir(disk), [])
})

test('a back-up that cannot be made leaves nothing behind', async (t) => {
  const parent = await tempDir(t)
  const absent = join(parent, 'absent', 'parlance.db')
  await refuses(t, /There is no database/, 'backup', join(parent, 'copy'), '--dbpath', absent)
  const from = await filledFile(t)
  await refuses(
    t,
    /is a directory: name a file in it/,
    'backup',
    join(parent, 'copy'),
    '--dbpath',
    dirname(from),
  )
  const foreign = join(dirname(from), 'foreign.db')
  using db = new DatabaseSync(foreign)
  db.exec('CREATE TABLE things (id INTEGER)')
  await refuses(t, /the database of another program/, 'backup', join(parent, 'copy'), '--dbpath', foreign)
  await truncate(from, 40_000)
  await refuses(t, /damaged|cannot be opened/, 'backup', join(parent, 'copy'), '--dbpath', from)
  assert.deepEqual(await readdir(parent), [])
})

test('a back-up that is stopped leaves nothing behind, and says so', async (t) => {
  const from = await filledFile(t)
  {
    using db = new DatabaseSync(from)
    db.exec('CREATE TABLE ballast (bytes BLOB)')
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
      INSERT INTO ballast SELECT randomblob(1000000) FROM n`)
  }
  const parent = await tempDir(t)
  const copy = join(parent, 'copy')
  const { child, exited, output } = spawnServer(t, {}, ['backup', copy, '--dbpath', from])
  await until('the copying to begin', async () => (await readdir(parent)).length > 0)
  child.kill('SIGTERM')
  assert.equal(await exited, 130, output.stderr)
  assert.match(output.stderr, /nothing was kept of it, give the command again\.$/m)
  assert.deepEqual(await readdir(parent), [])
})

test('nothing is restored over a database, nor beside what one has left', async (t) => {
  const copy = await backedUp(t, await filledFile(t))
  for (const name of ['place.db', 'place.db-wal', 'place.db-shm', 'place.db-journal']) {
    const directory = await tempDir(t)
    await writeFile(join(directory, name), 'mine')
    const sentence = new RegExp(`${name} is there already, and nothing is overwritten`)
    await refuses(t, sentence, 'restore', copy, '--dbpath', join(directory, 'place.db'))
    assert.deepEqual(await readdir(directory), [name])
    assert.equal(await textOf(directory, name), 'mine')
  }
})

test('where links cannot be made a restored file is copied into place, over nothing', async (t) => {
  const directory = await tempDir(t)
  const [partial, file] = [join(directory, 'partial'), join(directory, 'file')]
  await writeFile(partial, 'rows')
  await copyInPlace(partial, file)
  assert.equal(await textOf(file), 'rows')
  await writeFile(partial, 'other rows')
  await assert.rejects(copyInPlace(partial, file), /has been made meanwhile, and nothing is overwritten/)
  assert.equal(await textOf(file), 'rows')
})

test('secrets of another database are not replaced', async (t) => {
  const copy = await backedUp(t, await filledFile(t))
  const other = await filledFile(t)
  const before = await textOf(dirname(other), 'secrets.json')
  const to = join(dirname(other), 'second.db')
  await refuses(t, /holds other secrets/, 'restore', copy, '--dbpath', to)
  assert.equal(await textOf(dirname(other), 'secrets.json'), before)
  assert.equal(existsSync(to), false)
})

test('a PostgreSQL that is away is told without its password', async (t) => {
  const url = 'postgres://user:topsecret@127.0.0.1:1/parlance'
  const copy = join(await tempDir(t), 'copy')
  await refuses(
    t,
    /^The database parlance at 127\.0\.0\.1:1 does not answer/,
    'backup',
    copy,
    '--database-url',
    url,
  )
  assert.deepEqual(await readdir(dirname(copy)), [])
})
