import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'
import { tempDir } from '../support/temp-dir.ts'
import { World } from './world.ts'

test('a failing listener of statistics costs no write', async (t) => {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db'), onStats: fail })
  t.after(() => store.close())
  const failures = hearFailures()
  const world = new World(store)
  const people = await Promise.all(['ann', 'ben', 'cat'].map((name) => world.account(name)))
  for (const person of people) assert.deepEqual(await store.accounts.find(person.accountId), person)
  assert.deepEqual(failures[0], ['sqlite', BUG])
})
