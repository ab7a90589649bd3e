import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { BackUpProgress } from '../../src/core/chat.ts'
import { toAccountId } from '../../src/core/types.ts'
import { backUpMaker } from '../../src/operating/serving.ts'
import { verify } from '../operating/talk.ts'
import { present } from '../store/world.ts'
import { parlance } from '../support/command.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { spawnCheapServer } from '../support/process.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { upload } from '../support/uploads.ts'

// Back-ups that administrators ask for.

/** A server whose administrator may make back-ups into that folder. */
async function served(t: TestContext, BACKUP_DIR: string, settings: Readonly<Record<string, string>> = {}) {
  const server = await startParlance({ BACKUP_DIR, ...settings })
  t.after(() => server.close())
  return { server, admin: await adminOf(server) }
}

async function adminOf(server: TestServer): Promise<NativeHttp> {
  const admin = await NativeHttp.register(server.url, unique('admin'))
  await server.chat.accounts.setAdmin(toAccountId(Number(admin.id.slice(2))), true)
  return admin
}

/** The state of back-ups once none runs any more. */
const ended = (admin: NativeHttp) =>
  until('the end of it', async () => {
    const state = await admin.ok('getBackUp')
    return state.running === null ? state : undefined
  })

const lastAct = async (admin: NativeHttp) => {
  const { items } = await admin.ok('listActs', { query: { limit: 1 } })
  return present(items[0])
}

/** Makes the database so large that its copy is not made at once. */
function weighDown(file: string): void {
  using db = new DatabaseSync(file)
  db.exec('CREATE TABLE ballast (bytes BLOB)')
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
    INSERT INTO ballast SELECT randomblob(1000000) FROM n`)
}

function fileOf({ config: { database } }: TestServer): string {
  assert.ok(database.kind === 'sqlite')
  return database.file
}

const isPostgres = process.env.PARLANCE_TEST_STORE === 'postgres'
const skip = isPostgres && 'it makes a file of SQLite heavy'

test('an administrator has a back-up made, which is whole, and the second takes its place', async (t) => {
  const directory = join(await tempDir(t), 'deep', 'copy')
  const { server, admin } = await served(t, directory)
  assert.deepEqual(await admin.ok('getBackUp'), { directory, running: null, last: null, failed: null })
  const { status, body } = await admin.attempt('startBackUp')
  assert.equal(status, 202)
  assert.partialDeepStrictEqual(body, { directory, last: null, failed: null })
  const first = await ended(admin)
  const { last } = first
  assert.partialDeepStrictEqual(first, { running: null, failed: null, last: { files: 0 } })
  assert.ok(present(last).bytes > 10_000 && present(present(last).tookMs) > 0)
  assert.equal((await verify(t, directory)).code, 0)
  const username = present(await server.chat.accounts.find(toAccountId(Number(admin.id.slice(2))))).username
  assert.partialDeepStrictEqual(await lastAct(admin), {
    ...{ actor: username, origin: 'native, from 127.0.0.1', act: 'back-up', subject: directory },
    outcome: 'done',
  })
  const group = await admin.group()
  const file = await upload(admin, 'what a person has sent', { name: 'a.txt' })
  await admin.ok('sendMessage', {
    params: { c: group.id },
    body: { clientId: file, body: 'see', attachments: [file] },
  })
  await admin.ok('startBackUp')
  const second = present((await ended(admin)).last)
  assert.ok(second.at > present(last).at)
  assert.equal(second.files, 1)
  assert.equal((await verify(t, directory)).code, 0)
})

test('without a place for back-ups none is made, and the refusal says what to set', async (t) => {
  const { admin } = await served(t, '')
  assert.equal((await admin.ok('getBackUp')).directory, null)
  const refusal = await admin.problem('startBackUp')
  assert.equal(refusal.status, 403)
  assert.match(refusal.detail, /its operator names one by BACKUP_DIR/)
})

test('one back-up is made at a time, and people are served meanwhile', { skip }, async (t) => {
  const directory = join(await tempDir(t), 'copy')
  const { server, admin } = await served(t, directory)
  weighDown(fileOf(server))
  await admin.ok('startBackUp')
  const refusal = await admin.problem('startBackUp')
  assert.deepEqual([refusal.status, refusal.code, refusal.retryable], [409, 'conflict', true])
  assert.match(refusal.detail, /^A back-up runs already/)
  const group = await admin.group()
  await admin.send(group, 'meanwhile')
  const { running } = await admin.ok('getBackUp')
  assert.equal(present(running).step, 'database')
  assert.ok(present((await ended(admin)).last).bytes > 100_000_000)
  assert.equal((await verify(t, directory)).code, 0)
})

test('each step tells how far it is, to its end', async (t) => {
  const directory = join(await tempDir(t), 'copy')
  const { server, admin } = await served(t, directory)
  const group = await admin.group()
  const file = await upload(admin, 'what a person has sent', { name: 'a.txt' })
  const body = { clientId: file, body: 'see', attachments: [file] }
  await admin.ok('sendMessage', { params: { c: group.id }, body })
  const { database, filesDirectory, certificatesDirectory } = server.config
  const heard: BackUpProgress[] = []
  const made = await backUpMaker(
    { database, filesDirectory, certificatesDirectory, directory },
    { info: () => undefined, warn: () => undefined },
  ).make({ signal: new AbortController().signal, onProgress: (progress) => heard.push(progress) })
  assert.deepEqual([...new Set(heard.map(({ step }) => step))], ['database', 'check', 'files'])
  const [copied, checked, files] = (['database', 'check', 'files'] as const).map((step) =>
    heard.findLast((progress) => progress.step === step),
  )
  assert.ok(present(copied).done > 10_000)
  assert.equal(present(copied).total, isPostgres ? null : present(copied).done)
  assert.deepEqual(
    [checked, files],
    [
      { step: 'check', done: 0, total: null },
      { step: 'files', done: 1, total: 1 },
    ],
  )
  assert.equal(made.files, 1)
})

test('a place that holds something else is left alone, and the failure says what to do', async (t) => {
  const directory = join(await tempDir(t), 'taken')
  mkdirSync(directory)
  writeFileSync(join(directory, 'mine'), '')
  const { admin } = await served(t, directory)
  await admin.ok('startBackUp')
  const { failed, last } = await ended(admin)
  assert.equal(last, null)
  assert.equal(failed?.reason, 'other')
  assert.match(failed.detail, /is there already, and is no back-up: name a folder/)
  assert.match((await lastAct(admin)).outcome ?? '', /is there already/)
  assert.deepEqual(readdirSync(directory), ['mine'])
})

test('a disk that is full is told by its name, and nothing is left on it', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const disk = present(mountSmallDisk(64))
  t.after(() => unmountSmallDisk(disk))
  const { admin } = await served(t, join(disk, 'copy'))
  await admin.ok('startBackUp')
  const { failed } = await ended(admin)
  assert.equal(failed?.reason, 'no_room')
  assert.deepEqual(readdirSync(disk), [])
})

test('a folder that may not be written is told, and a later success takes the failure away', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const disk = present(mountSmallDisk(8_192))
  t.after(() => unmountSmallDisk(disk))
  const { admin } = await served(t, join(disk, 'copy'))
  execFileSync('mount', ['-o', 'remount,ro', disk])
  await admin.ok('startBackUp')
  assert.equal((await ended(admin)).failed?.reason, 'not_writable')
  execFileSync('mount', ['-o', 'remount,rw', disk])
  await admin.ok('startBackUp')
  assert.partialDeepStrictEqual(await ended(admin), { failed: null, last: { files: 0 } })
})

test('a server that closes meanwhile ends the back-up, which is not taken for whole', { skip }, async (t) => {
  const parent = await tempDir(t)
  const file = join(await tempDir(t), 'parlance.db')
  const settings = { DBPATH: file, BACKUP_DIR: join(parent, 'copy') }
  const server = await startParlance(settings)
  const admin = await adminOf(server)
  weighDown(fileOf(server))
  await admin.ok('startBackUp')
  await until('the copying to begin', () => readdirSync(parent).length > 0)
  await server.close()
  assert.deepEqual(readdirSync(parent), [])
  const next = await startParlance(settings)
  t.after(() => next.close())
  const again = new NativeHttp(next.url, { token: admin.token, id: admin.id })
  assert.partialDeepStrictEqual(await again.ok('getBackUp'), { running: null, last: null })
  assert.match((await lastAct(again)).outcome ?? '', /was stopped/)
  await again.ok('startBackUp')
  assert.equal((await ended(again)).failed, null)
  assert.ok(existsSync(join(parent, 'copy', 'manifest.json')))
})

test('a process of a back-up that is killed leaves nothing, and the server goes on', { skip }, async (t) => {
  const parent = await tempDir(t)
  const { server, admin } = await served(t, join(parent, 'copy'))
  weighDown(fileOf(server))
  await admin.ok('startBackUp')
  // By then it has told where it copies to.
  await until('the copying to begin', async () => (await admin.ok('getBackUp')).running?.total)
  for (const pid of childrenOfBackUps()) process.kill(pid, 'SIGKILL')
  const { failed, last } = await ended(admin)
  assert.deepEqual([failed?.reason, last], ['other', null])
  assert.match(failed?.detail ?? '', /has ended by itself \(SIGKILL\): begin another/)
  assert.deepEqual(readdirSync(parent), [])
})

/** The children of the main thread, which is the one that forks. */
const childrenOfBackUps = (): readonly number[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('backup/child.js'))
    .map(Number)

test('a server that is killed takes its back-up along, and leaves nothing of it', { skip }, async (t) => {
  const parent = await tempDir(t)
  const file = join(await tempDir(t), 'parlance.db')
  const settings = { PORT: '0', ROOMS_TCP_PORT: '0', DBPATH: file, BACKUP_DIR: join(parent, 'copy') }
  const { child, output, exited } = spawnCheapServer(t, settings)
  const url = await until('the start', () => /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0])
  const admin = await NativeHttp.register(url, 'admin')
  assert.equal((await parlance(t, 'accounts', 'make-admin', 'admin', '--dbpath', file)).code, 0)
  weighDown(file)
  await until('the server to know', async () => (await admin.attempt('getBackUp')).status === 200)
  await admin.ok('startBackUp')
  await until('the copying to begin', () => readdirSync(parent).length > 0)
  child.kill('SIGKILL')
  await exited
  await until('nothing to be left', () => readdirSync(parent).length === 0)
})

test('the newest back-up is told after a restart, whichever command has made it', async (t) => {
  const directory = join(await tempDir(t), 'copy')
  const { server, admin } = await served(t, directory)
  await admin.ok('startBackUp')
  const { last } = await ended(admin)
  const second = await startParlance({
    BACKUP_DIR: directory,
    ...(server.config.database.kind === 'postgres' && { DATABASE_URL: server.config.database.url }),
  })
  t.after(() => second.close())
  assert.deepEqual((await (await adminOf(second)).ok('getBackUp')).last, last)
})
