import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openForMoving } from '../../src/store/postgres/database.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openPostgresToOperate } from '../../src/store/postgres/operating.ts'
import { connect, proxyTo, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'

async function heldThrough(t: TestContext) {
  const database = await tempSchema(t)
  const { proxy, url } = await proxyTo(t, database)
  const connection = await openForMoving(url)
  t.after(() => connection.close())
  const sql = connect(t, database)
  const isAsleep = async () =>
    (await sql`SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20) AS connection'`).length > 0
  return { connection, proxy, fallenAsleep: () => until('the statement to run', isAsleep) }
}

for (const end of ['cut', 'reset'] as const) {
  test(`a transaction fails when its connection is ${end}, and so does whatever comes after it`, async (t) => {
    const { connection, proxy, fallenAsleep } = await heldThrough(t)
    await assert.rejects(
      connection.commit(async () => {
        const asked = connection.query('SELECT pg_sleep(20) AS connection')
        await fallenAsleep()
        proxy[end]()
        await asked
      }),
    )
    await assert.rejects(connection.query('SELECT 1'), { code: 'CONNECTION_CLOSED' })
    await assert.rejects(connection.tuples('SELECT 1'), { code: 'CONNECTION_CLOSED' })
  })
}

test('a port that is no PostgreSQL is reported as one that does not answer, by a command and by a start', async (t) => {
  const silent: Server[] = [
    createServer((socket) => socket.destroy()),
    createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ]
  await Promise.all(
    silent.map(async (server) => {
      t.after(() => server.close())
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const url = `postgres://user@127.0.0.1:${portOf(server)}/chat`
      await assert.rejects(
        openPostgresToOperate(url),
        /^StoreRefusal: The database chat .* does not answer \(/,
      )
      const onWaiting = (sentence: string) => Promise.reject(new Error(sentence))
      await assert.rejects(
        openPostgresStore({ url, onWaiting }),
        /does not answer .*; trying again until it does\.$/,
      )
    }),
  )
})

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : assert.fail('it does not listen')
}
