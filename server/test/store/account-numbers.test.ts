import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { StateRow, Store, TouchedRow } from '../../src/store/store.ts'
import { deep } from '../support/deep.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { writeEmptyDatabase } from '../support/sqlite.ts'
import { tempDir } from '../support/temp-dir.ts'
import { type AnyWrite, anyWrites, BEGINNING, portOf, WORLD } from './any-write/index.ts'
import { series } from './world.ts'

// The numbers of accounts' own state, after any writes.

// Asked before the tests run, which keep this process busy for longer than the answer may take.
const missing = await postgresIsMissing()

const touchedBy = (answer: unknown): readonly TouchedRow[] =>
  typeof answer === 'object' && answer !== null && 'touched' in answer
    ? (answer.touched as readonly TouchedRow[])
    : []

/** The rows that writes touched, by their answers. */
class Answered {
  readonly #touched: TouchedRow[] = []

  async run(store: Store, writes: readonly AnyWrite[]): Promise<void> {
    const port = portOf(store)
    const answers = await Promise.allSettled(writes.map(([name, argument]) => port[name](argument as never)))
    for (const answer of answers)
      if (answer.status === 'fulfilled') this.#touched.push(...touchedBy(answer.value))
  }

  async check({ accountState }: Store): Promise<void> {
    for (const accountId of WORLD.accountIds) {
      const touched = this.#touched.filter((row) => row.accountId === accountId)
      const numbers = touched.map(({ number }) => number)
      assert.deepEqual(numbers, series(numbers.length), 'each number is drawn once, in the order of commits')
      assert.equal(await accountState.cursor(accountId), numbers.length)
      const rows = new Map<string, StateRow>()
      for (const { accountId: _, ...row } of touched) {
        // Last in the order of the map.
        rows.delete(`${row.kind} ${row.key}`)
        rows.set(`${row.kind} ${row.key}`, row)
      }
      for (const cursor of [0, ...numbers])
        assert.deepEqual(
          await accountState.since(accountId, cursor, Number.POSITIVE_INFINITY),
          [...rows.values()].filter(({ number }) => number > cursor),
        )
    }
  }
}

test('a client that resumes from any number gets each row of the account touched since, after any writes in SQLite', async (t) => {
  const folder = await tempDir(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(anyWrites, async (batches) => {
      const file = join(folder, `${run++}.db`)
      writeEmptyDatabase(file)
      const store = await openSqliteStore({ file })
      try {
        const answered = new Answered()
        for (const writes of [BEGINNING, ...batches]) await answered.run(store, writes)
        await answered.check(store)
      } finally {
        await store.close()
      }
    }),
    { numRuns: deep(25) },
  )
})

test('a client that resumes from any number gets each row of the account touched since, after any writes in PostgreSQL', {
  skip: missing,
}, async (t) => {
  const url = await tempSchema(t)
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  const sql = connect(t, url)
  await fc.assert(
    fc.asyncProperty(anyWrites, async (batches) => {
      await sql.unsafe('TRUNCATE accounts, account_notices, messages RESTART IDENTITY CASCADE')
      await sql.unsafe('ALTER SEQUENCE message_ids RESTART')
      const answered = new Answered()
      for (const writes of [BEGINNING, ...batches]) await answered.run(store, writes)
      await answered.check(store)
    }),
    { numRuns: deep(15) },
  )
})
