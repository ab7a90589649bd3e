import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openForMoving } from '../../src/store/postgres/database.ts'
import { connect, proxyTo, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'

async function heldThrough(t: TestContext) {
  const database = await tempSchema(t)
  const { proxy, url } = await proxyTo(t, database)
  const held = await openForMoving(url)
  t.after(() => held.close())
  const sql = connect(t, database)
  const isAsleep = async () =>
    (await sql`SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20) AS held'`).length > 0
  return { held, proxy, fallenAsleep: () => until('the statement to run', isAsleep) }
}

for (const end of ['cut', 'reset'] as const) {
  test(`a transaction fails when its connection is ${end}, and so does whatever comes after it`, async (t) => {
    const { held, proxy, fallenAsleep } = await heldThrough(t)
    await assert.rejects(
      held.commit(async () => {
        const asked = held.query('SELECT pg_sleep(20) AS held')
        await fallenAsleep()
        proxy[end]()
        await asked
      }),
    )
    await assert.rejects(held.query('SELECT 1'), { code: 'CONNECTION_CLOSED' })
    await assert.rejects(held.tuples('SELECT 1'), { code: 'CONNECTION_CLOSED' })
  })
}
