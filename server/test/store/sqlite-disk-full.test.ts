import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { ChatError } from '../../src/core/errors.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Appended, Store } from '../../src/store/store.ts'
import { StoreRefusal } from '../../src/store/store.ts'
import { mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../support/small-disk.ts'
import { findHoles } from './series.ts'
import { refuses, series, World } from './world.ts'

/** A disk of its own, as small as that. */
function disk(t: TestContext, kilobytes: number): string {
  const directory = mountSmallDisk(kilobytes)
  assert.ok(directory)
  t.after(() => unmountSmallDisk(directory))
  return directory
}

const skip = smallDisksAreMissing()

test('refuses to start on a full disk', { skip }, async (t) => {
  const directory = disk(t, 64)
  await writeFile(join(directory, 'filler'), Buffer.alloc(52 * 1024))
  await assert.rejects(openSqliteStore({ file: join(directory, 'parlance.db') }), (error) => {
    assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
    assert.match(error.message, /^The disk that holds [^\n]+ is full: make room on it, [^\n]+\.$/)
    return true
  })
})

test('acknowledges nothing that a full disk does not hold, and goes on when there is room', {
  skip,
}, async (t) => {
  let store: Store | undefined
  t.after(() => store?.close())
  const directory = disk(t, 4096)
  const filler = join(directory, 'filler')
  const file = join(directory, 'parlance.db')
  await writeFile(filler, Buffer.alloc(2048 * 1024))
  store = await openSqliteStore({ file })
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const acknowledged: Appended[] = []
  const failures: unknown[] = []
  const attempt = (body: string) =>
    world.send(group, ann, body).then(
      (sent) => acknowledged.push(sent),
      (error) => failures.push(error),
    )
  for (let n = 0; failures.length < 50; n++)
    await Promise.all(series(10).map((m) => attempt(`${n}.${m} ${'x'.repeat(4000)}`)))
  assert.ok(acknowledged.length > 10)
  for (const error of failures) assert.ok(error instanceof ChatError && error.code === 'unavailable')
  await refuses(world.send(group, ann, 'x'.repeat(100_000)), 'unavailable')
  const bodies = () => acknowledged.map(({ message }) => message.body)
  assert.deepEqual(await world.bodies(group), bodies())
  await rm(filler)
  for (const m of series(10)) acknowledged.push(await world.send(group, ann, `again ${m}`))
  assert.deepEqual(await world.bodies(group), bodies())
  await store.close()
  const db = new DatabaseSync(file)
  assert.deepEqual(findHoles(db), [])
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.equal(db.prepare('SELECT count(*) AS n FROM messages').get()?.n, acknowledged.length)
  db.close()
})
