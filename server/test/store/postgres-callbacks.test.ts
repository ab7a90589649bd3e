import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'
import { tempSchema } from '../support/postgres.ts'
import { World } from './world.ts'

test('a failing listener of statistics costs no write', async (t) => {
  const store = await openPostgresStore({ url: await tempSchema(t), onStats: fail })
  t.after(() => store.close())
  const failures = hearFailures()
  const world = new World(store)
  const people = await Promise.all(['ann', 'ben', 'cat'].map((name) => world.account(name)))
  for (const person of people) assert.deepEqual(await store.accounts.find(person.accountId), person)
  assert.deepEqual(failures[0], ['postgres', BUG])
})
