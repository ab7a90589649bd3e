import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { rename, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { readManifest } from '../../src/operating/backup/manifest.ts'
import { filledFile } from '../moving/filled.ts'
import { storedIn } from '../moving/stored.ts'
import { parlance, refuses } from '../support/command.ts'
import { spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { backUp, contentsOf, restore, Talk, verify } from './talk.ts'

const filesOf = (file: string) => join(dirname(file), 'files')

/** Restores into a place of its own, and answers the file's path. */
async function restored(t: TestContext, copy: string): Promise<string> {
  const to = join(await tempDir(t), 'place.db')
  await restore(t, copy, '--dbpath', to)
  return to
}

test('a second back-up into the same folder copies the new files alone, and all that was written since', async (t) => {
  const directory = await tempDir(t)
  const [file, copy] = [join(directory, 'parlance.db'), join(await tempDir(t), 'copy')]
  await using talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('the first')
  await talk.sendFile('the second')
  assert.match(await backUp(t, copy, '--dbpath', file), /2 contents, 19 bytes; 2 were new/)
  const inodes = () => [...globInodes(copy)]
  const before = inodes()
  await talk.sendFile('the third')
  await talk.say('and a word')
  assert.match(await backUp(t, copy, '--dbpath', file), /3 contents, 28 bytes; 1 were new/)
  for (const inode of before) assert.ok(inodes().includes(inode), 'a content was written anew')
  const { name } = readManifest(copy).files.database
  assert.deepEqual(
    readdirSync(copy).toSorted(),
    [name, 'backup.lock', 'files', 'manifest.json', 'secrets.json'].toSorted(),
  )
  assert.equal((await verify(t, copy)).code, 0)
  await talk[Symbol.asyncDispose]()
  const to = await restored(t, copy)
  assert.deepEqual(storedIn(to), storedIn(file))
  assert.deepEqual(await contentsOf(filesOf(to)), await contentsOf(filesOf(file)))
  assert.equal((await contentsOf(filesOf(to))).size, 3)
})

function* globInodes(copy: string): Generator<number> {
  const contents = join(copy, 'files/contents')
  for (const shelf of readdirSync(contents))
    for (const name of readdirSync(join(contents, shelf))) yield statSync(join(contents, shelf, name)).ino
}

test('a file that the server has lost since is still in the second back-up, and one that it has removed is not', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const copy = join(await tempDir(t), 'copy')
  const talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('lost')
  const removed = await talk.sendFile('removed')
  await talk[Symbol.asyncDispose]()
  await backUp(t, copy, '--dbpath', file)
  await rm(filesOf(file), { recursive: true })
  {
    using db = new DatabaseSync(file)
    db.prepare('UPDATE uploads SET removed_at = 1 WHERE id = ?').run(removed.slice('f_'.length))
  }
  await backUp(t, copy, '--dbpath', file)
  assert.deepEqual([...(await contentsOf(join(copy, 'files'))).values()], ['lost'])
  const to = await restored(t, copy)
  assert.deepEqual([...(await contentsOf(filesOf(to))).values()], ['lost'])
})

test('a content that was cut in a back-up is copied anew by the next', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const copy = join(await tempDir(t), 'copy')
  const talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('what a person has sent')
  await talk[Symbol.asyncDispose]()
  await backUp(t, copy, '--dbpath', file)
  const [name = ''] = (await contentsOf(join(copy, 'files'))).keys()
  const content = join(copy, 'files/contents', name.slice(0, 2), name)
  await truncate(content, 3)
  assert.equal((await verify(t, copy)).code, 1)
  assert.match(await backUp(t, copy, '--dbpath', file), /1 were new/)
  assert.equal(readFileSync(content, 'utf8'), 'what a person has sent')
})

/** Makes the file so large that a test can kill its copying. */
function weighDown(file: string): void {
  using db = new DatabaseSync(file)
  db.exec('CREATE TABLE ballast (bytes BLOB)')
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
    INSERT INTO ballast SELECT randomblob(1000000) FROM n`)
}

test('a second back-up that is killed in the middle leaves the first whole, and the third takes its place', async (t) => {
  const file = await filledFile(t)
  const copy = join(await tempDir(t), 'copy')
  await backUp(t, copy, '--dbpath', file)
  const first = storedIn(file)
  weighDown(file)
  const { child, exited } = spawnServer(t, {}, ['backup', copy, '--dbpath', file])
  const isUnderWay = () => readdirSync(copy).find((name) => name.startsWith('partial-'))
  const partial = await until('the copying to begin', isUnderWay)
  await until('some of it', () => readdirSync(join(copy, partial)).length > 0)
  child.kill('SIGKILL')
  assert.equal(await exited, 'SIGKILL')
  assert.equal((await verify(t, copy)).code, 0)
  assert.deepEqual(storedIn(await restored(t, copy)), first)
  await backUp(t, copy, '--dbpath', file)
  assert.deepEqual(readdirSync(copy).filter((name) => /partial|\.db$/.test(name)).length, 1)
  assert.equal((await verify(t, copy)).code, 0)
})

test('a first back-up that is killed in the middle is never taken for whole', async (t) => {
  const file = await filledFile(t)
  weighDown(file)
  const parent = await tempDir(t)
  const { child, exited } = spawnServer(t, {}, ['backup', join(parent, 'copy'), '--dbpath', file])
  const partial = await until('the copying to begin', () => readdirSync(parent)[0])
  await until('some of it', () => readdirSync(join(parent, partial)).length > 0)
  child.kill('SIGKILL')
  assert.equal(await exited, 'SIGKILL')
  assert.deepEqual(readdirSync(parent), [partial])
  const rest = join(parent, partial)
  const place = join(await tempDir(t), 'place.db')
  await refuses(t, /no back-up, or one that was not finished/, 'restore', rest, '--dbpath', place)
  const { code, rows } = await verify(t, rest)
  assert.equal(code, 1)
  assert.match(rows[0]?.found ?? '', /no back-up, or one that was not finished/)
  await refuses(t, /is no back-up/, 'backup', rest, '--dbpath', file)
})

test('the back-up of another server, or one that is damaged, is not replaced', async (t) => {
  const [file, other] = [await filledFile(t), await filledFile(t)]
  const copy = join(await tempDir(t), 'copy')
  await backUp(t, copy, '--dbpath', file)
  const before = readFileSync(join(copy, 'manifest.json'), 'utf8')
  await refuses(t, /of a server with other secrets, which is not replaced/, 'backup', copy, '--dbpath', other)
  assert.equal((await verify(t, copy)).code, 0)
  await writeFile(join(copy, 'manifest.json'), before.replace('"madeAt"', '"madeat"'))
  await refuses(t, /manifest\.json is damaged/, 'backup', copy, '--dbpath', file)
  await writeFile(join(copy, 'manifest.json'), before)
  await truncate(join(copy, 'secrets.json'), 10)
  await refuses(t, /secrets\.json is not as the manifest says/, 'backup', copy, '--dbpath', file)
})

test('two back-ups never write into a folder at once', async (t) => {
  const file = await filledFile(t)
  const copy = join(await tempDir(t), 'copy')
  await backUp(t, copy, '--dbpath', file)
  {
    using lock = new DatabaseSync(join(copy, 'backup.lock'))
    lock.exec('BEGIN EXCLUSIVE')
    await refuses(t, /Another command writes a back-up into .*copy/, 'backup', copy, '--dbpath', file)
  }
  await backUp(t, copy, '--dbpath', file)
})

test('a second back-up writes through no link', async (t) => {
  const directory = await tempDir(t)
  const [file, copy, outside] = [join(directory, 'chat.db'), join(directory, 'copy'), join(directory, 'out')]
  mkdirSync(outside)
  await using talk = await Talk.start({ DBPATH: file })
  await talk.sendFile('the first')
  await backUp(t, copy, '--dbpath', file)
  await talk.sendFile('another')
  for (const name of ['files', 'files/contents', 'backup.lock']) {
    const path = join(copy, name)
    const aside = join(directory, 'aside')
    await rename(path, aside).catch(() => undefined)
    symlinkSync(name === 'backup.lock' ? join(outside, 'lock') : outside, path)
    await refuses(t, /is a link or the like/, 'backup', copy, '--dbpath', file)
    assert.deepEqual(readdirSync(outside), [])
    await rm(path)
    await rename(aside, path).catch(() => undefined)
  }
  await backUp(t, copy, '--dbpath', file)
})

test('back-ups while people write are each of one moment, the later with all of the earlier', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const copy = join(await tempDir(t), 'copy')
  await using talk = await Talk.start({ DBPATH: file })
  let isOver = false
  let sent = 0
  const talking = (async () => {
    while (!isOver) {
      await talk.say(`message ${sent}`)
      if (sent % 50 === 0) await talk.sendFile(`file ${sent}`)
      sent += 1
    }
  })()
  for (let round = 0; round < 2; round++) {
    const acknowledged = await until('more messages', () => (sent > (round + 1) * 60 ? sent : 0))
    await backUp(t, copy, '--dbpath', file)
    assert.equal((await verify(t, copy)).code, 0)
    const to = await restored(t, copy)
    using db = new DatabaseSync(to, { readOnly: true })
    const rows = db.prepare('SELECT seq, body FROM messages ORDER BY seq').all()
    assert.ok(rows.length >= acknowledged)
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      rows.map((_row, index) => index + 1),
    )
  }
  isOver = true
  await talking
})

test('a back-up tells of itself in one JSON object', async (t) => {
  const file = await filledFile(t)
  const copy = join(await tempDir(t), 'copy')
  const { code, stdout } = await parlance(t, 'backup', copy, '--dbpath', file, '--json')
  assert.equal(code, 0)
  const { directory, database, databaseBytes, schema } = JSON.parse(stdout)
  assert.deepEqual([directory, database], [copy, 'parlance.db'])
  assert.equal(databaseBytes, statSync(join(copy, 'parlance.db')).size)
  assert.equal(schema, readManifest(copy).schema)
})
