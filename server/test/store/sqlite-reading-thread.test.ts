import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { ReadingThread } from '../../src/store/sqlite/reading-thread.ts'
import { tempDir } from '../support/temp-dir.ts'
import { series, World } from './world.ts'

async function opened(t: TestContext) {
  const file = join(await tempDir(t), 'chat.db')
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  const thread = new ReadingThread(file)
  t.after(() => thread.close())
  const ann = await new World(store).account('ann')
  return { file, store, thread, ann }
}

test('reads are answered in their order, each with its own answer', async (t) => {
  const { thread, ann } = await opened(t)
  const order: number[] = []
  const answers = await Promise.all(
    series(20).map(async (n) => {
      const profile = await (n % 2 === 0
        ? thread.read('profile', ann.accountId)
        : thread.read('lastMessageId'))
      order.push(n)
      return profile
    }),
  )
  assert.deepEqual(order, series(20))
  assert.deepEqual(
    answers.map((answer) => typeof answer),
    series(20).map((n) => (n % 2 === 0 ? 'object' : 'number')),
  )
})

test('a thread that finds no database fails what it was asked, and the next read has another thread', async (t) => {
  const { file, thread, ann } = await opened(t)
  await rename(file, `${file}-away`)
  const reads = [thread.read('lastMessageId'), thread.read('profile', ann.accountId)]
  for (const read of await Promise.allSettled(reads)) {
    assert.ok(read.status === 'rejected')
    assert.equal(read.reason.code, 'unavailable')
  }
  await rename(`${file}-away`, file)
  assert.equal((await thread.read('profile', ann.accountId))?.username, 'ann')
})

test('a thread that is ended answers first what it was asked, and nothing after it', async (t) => {
  const { thread, ann } = await opened(t)
  await thread.read('lastMessageId')
  const order: string[] = []
  const answers = series(3).map(async () => {
    const profile = await thread.read('profile', ann.accountId)
    order.push(profile?.username ?? 'nobody')
  })
  const closing = thread.close().then(() => order.push('closed'))
  await Promise.all([...answers, closing])
  assert.deepEqual(order, ['ann', 'ann', 'ann', 'closed'])
  await assert.rejects(thread.read('lastMessageId'), { code: 'unavailable' })
})
