import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { World } from './world.ts'

// The files of a running server stay where they are, and the log is in the file when nobody writes.

async function opened(t: TestContext) {
  let store: Store | undefined
  t.after(() => store?.close())
  const directory = join(await tempDir(t), 'data')
  await mkdir(directory)
  const losses: string[] = []
  const file = join(directory, 'parlance.db')
  store = await openSqliteStore({ file, onLoss: ({ message }) => losses.push(message) })
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const send = (body: string) => world.send(group, ann, body)
  const outcome = (body: string) =>
    send(body).then(
      () => 'stored',
      ({ code }) => code,
    )
  return { store, directory, file, losses, send, outcome }
}

const bodiesOf = (file: string): unknown[] => {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    return db
      .prepare('SELECT body FROM messages ORDER BY id')
      .all()
      .map(({ body }) => body)
  } finally {
    db.close()
  }
}

const LOSSES: Readonly<Record<string, (place: { directory: string; file: string }) => Promise<void>>> = {
  'a data directory that was deleted': ({ directory }) => rm(directory, { recursive: true }),
  'a data directory that was moved away': ({ directory }) => rename(directory, `${directory}-old`),
  'a data directory that was replaced': async ({ directory }) => {
    await rename(directory, `${directory}-old`)
    await mkdir(directory)
    for (const name of await readdir(`${directory}-old`))
      await copyFile(join(`${directory}-old`, name), join(directory, name))
  },
  'a file that was deleted': ({ file }) => rm(file),
  'a file that another took the place of': async ({ file }) => {
    await writeFile(`${file}.new`, '')
    await rename(`${file}.new`, file)
  },
  'a log that was deleted': ({ file }) => rm(`${file}-wal`),
}

for (const [what, lose] of Object.entries(LOSSES))
  test(`nothing is acknowledged any more on ${what}, and it is noticed while nobody writes`, async (t) => {
    const place = await opened(t)
    assert.equal(await place.outcome('before'), 'stored')
    await lose(place)
    // The message may be stored in the file that has gone.
    assert.equal(await place.outcome('after'), 'outcome_unknown')
    assert.equal(await place.outcome('later'), 'unavailable')
    await assert.rejects(place.store.ping(), { code: 'unavailable' })
    await until('its being noticed', () => place.losses.length > 0)
    assert.match(
      place.losses[0] ?? '',
      /(deleted or moved away|replaced by another file) while the server had it open/,
    )
  })

for (const name of ['parlance.db-shm', 'parlance.db.lock'])
  test(`a lost ${name} is noticed while nobody writes, since another program would not know of this one`, async (t) => {
    const place = await opened(t)
    await rm(join(place.directory, name))
    await until('its being noticed', () => place.losses.length > 0)
    assert.equal(await place.outcome('after'), 'unavailable')
  })

test('a data directory that is put back is written to again', async (t) => {
  const { directory, file, losses, outcome } = await opened(t)
  await rename(directory, `${directory}-old`)
  await until('its being noticed', () => losses.length > 0)
  assert.equal(await outcome('away'), 'unavailable')
  await rename(`${directory}-old`, directory)
  assert.equal(await outcome('back'), 'stored')
  assert.deepEqual(bodiesOf(file), ['back'])
})

test('a copy of the file alone is whole once nothing was written for a while, whoever asks for readiness', async (t) => {
  const { store, directory, file, send } = await opened(t)
  const sizeOfLog = async () => (await stat(`${file}-wal`)).size
  for (const round of ['one', 'two']) {
    await send(round)
    assert.ok((await sizeOfLog()) > 0)
    await until('an empty log', async () => (await sizeOfLog()) === 0)
    await store.ping()
    const copy = join(directory, `${round}.db`)
    await copyFile(file, copy)
    const bodies = bodiesOf(copy)
    assert.deepEqual(bodies.at(-1), round)
  }
})

test('the log is left alone while another program reads, which keeps nobody from writing, and emptied afterwards', async (t) => {
  const { file, send } = await opened(t)
  const reader = new DatabaseSync(file, { readOnly: true })
  t.after(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM messages').get()
  await send('one')
  const { size } = await stat(`${file}-wal`)
  assert.ok(size > 0)
  for (let n = 0; n < 20; n++) await send(`${n}`)
  reader.exec('COMMIT')
  await until('an empty log', async () => (await stat(`${file}-wal`)).size === 0)
  assert.equal(bodiesOf(file).length, 21)
})
