import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeenNotes } from '../../src/core/seen-notes.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { tempStore } from '../store/temp-store.ts'
import { series, World } from '../store/world.ts'

test('the first of many that come is noted at once, and the others in one commit', async (t) => {
  const commits: number[] = []
  const { store } = await tempStore(t, { onStats: ({ commands }) => commits.push(commands) })
  const world = new World(store)
  const [ann, ...others] = await world.accounts('ann', ...series(5).map((n) => `p${n}`))
  assert.ok(ann)
  const clock = systemClock()
  const before = clock.nowMicros()
  commits.length = 0
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const notes = new SeenNotes(store.accounts, clock)
  await notes.note(ann.accountId)
  assert.deepEqual(commits, [1])
  const waiting: Promise<void>[] = []
  for (const { accountId } of others) {
    waiting.push(notes.note(accountId))
    // Another thread answers this, so that the next note is of a later turn.
    await store.exports.lastMessageId()
  }
  assert.deepEqual(commits, [1])
  t.mock.timers.runAll()
  await Promise.all(waiting)
  assert.deepEqual(commits, [1, 5])
  for (const { accountId } of [ann, ...others])
    assert.ok(((await store.accounts.find(accountId))?.lastSeenAt ?? 0) >= before)
})
