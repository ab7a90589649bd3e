import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { newUuid } from '../../src/lib/ids.ts'
import { connectForWriting } from '../../src/store/postgres/database.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { connect, countOpen, proxyTo, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { HOLES } from './series.ts'
import { refuses, series, World } from './world.ts'

// A database that does not answer, and does not hang up either.

/** More than the connections that are read over. */
const MANY = 40

/** One store's connections: eight for reads and one for writes. */
const CONNECTIONS = 9

async function stalling(t: TestContext) {
  const schema = await tempSchema(t)
  const name = newUuid()
  const url = `${schema}&application_name=${name}`
  const { proxy, url: proxied } = await proxyTo(t, url)
  const store = await openPostgresStore({ url: proxied })
  t.after(() => store.close())
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const sql = connect(t, schema)
  return {
    proxy,
    world,
    ann,
    group,
    /** Message bodies as the database itself has them. */
    bodies: async () => (await sql`SELECT body FROM messages ORDER BY seq`).map(({ body }) => body),
    holes: async () => [...(await sql.unsafe(HOLES))],
    countOpen: () => countOpen(sql, name),
  }
}

test('reads without an answer are unavailable, and those after it are answered at once', async (t) => {
  const { proxy, world, ann } = await stalling(t)
  const { accounts } = world.store
  const readOnAll = () => series(MANY).map(() => accounts.findByUsername('ann'))
  await Promise.all(readOnAll())
  proxy.hold()
  await Promise.all(readOnAll().map((reading) => refuses(reading, 'unavailable')))
  proxy.spareNewcomers()
  for (const found of await Promise.all(readOnAll())) assert.deepEqual(found, ann)
})

test('connections that were given up are gone once they are answered', async (t) => {
  const { proxy, world, countOpen } = await stalling(t)
  const { accounts } = world.store
  proxy.hold()
  const readings = series(MANY).map(() => accounts.findByUsername('ann'))
  await Promise.all(readings.map((reading) => refuses(reading, 'unavailable')))
  await proxy.release()
  await Promise.all(series(MANY).map(() => accounts.findByUsername('ann')))
  await until('no more than it needs', async () => (await countOpen()) <= CONNECTIONS)
})

test('a connection that was about to be made when it was given up is gone soon after it is there', async (t) => {
  const name = newUuid()
  const { proxy, url } = await proxyTo(t, `${await tempSchema(t)}&application_name=${name}`)
  const sql = connect(t)
  const pool = connectForWriting(url)
  t.after(() => pool.end(0))
  const ask = (text: string) => pool.ask({ text, parameters: [1], withinMs: 10_000 })
  await ask('SELECT $1::int')
  proxy.hold()
  // One has been sent, and one waits. Both are given up when the connection is lost, while the driver waits a
  // moment before it connects again for the second.
  const asked = ['SELECT $1::bigint', 'SELECT $1::text'].map((text) => assert.rejects(ask(text)))
  await until('the first to be sent', () => proxy.countHeld('bigint'))
  proxy.spareNewcomers()
  proxy.cut()
  await Promise.all(asked)
  await until('it to be there', () => countOpen(sql, name))
  await until('it to be gone', async () => (await countOpen(sql, name)) === 0)
})

test('on a new connection nothing is asked before what is wanted, so that nothing else can stay unanswered', async (t) => {
  const { proxy, world, ann } = await stalling(t)
  proxy.hold('pg_catalog')
  proxy.cut()
  // The first notices the loss.
  await until('an answer', () => world.store.accounts.findByUsername('ann').catch(() => undefined))
  assert.deepEqual(await world.store.accounts.findMany([ann.accountId]), [ann])
  assert.equal(proxy.countHeld('pg_catalog'), 0)
})

test('a store whose connection is lost at any moment of its opening tries again, and opens', async (t) => {
  for (const moment of ['BEGIN', 'pg_advisory_xact_lock', 'CREATE TABLE settings', 'chat_append', 'COMMIT']) {
    const { proxy, url } = await proxyTo(t, await tempSchema(t))
    proxy.hold(moment)
    let waits = 0
    const opening = openPostgresStore({ url, onWaiting: async () => void waits++ })
    await until(moment, () => proxy.countHeld(moment))
    proxy.cut()
    // The database learns of it too: it keeps the lock for nobody.
    await proxy.release()
    const store = await opening
    assert.equal(waits, 1, moment)
    await store.ping()
    await store.close()
  }
})

test('a write that was stored, and whose answer does not come, is acknowledged and stored once', async (t) => {
  const { proxy, world, ann, group, bodies, holes } = await stalling(t)
  proxy.mute()
  const sending = world.send(group, ann, 'once')
  await until('it to be stored', async () => (await bodies()).length === 1)
  proxy.restore()
  assert.deepEqual((await sending).isNew, true)
  await world.send(group, ann, 'then')
  assert.deepEqual(await bodies(), ['once', 'then'])
  assert.deepEqual(await holes(), [])
})

test('a write that no answer came to is refused, and stored once however often it is sent again', async (t) => {
  const { proxy, world, ann, group, bodies, holes } = await stalling(t)
  const send = () => world.send(group, ann, 'once', { clientId: 'the same' })
  proxy.mute()
  await refuses(send(), 'outcome_unknown')
  proxy.restore()
  await until('it to be taken', () => send().catch(() => undefined))
  assert.equal((await send()).isNew, false)
  await world.send(group, ann, 'then')
  assert.deepEqual(await bodies(), ['once', 'then'])
  assert.deepEqual(await holes(), [])
})

test('a write that arrives after it was sent again, and after others, is not stored again', async (t) => {
  const { proxy, world, ann, group, bodies, holes } = await stalling(t)
  proxy.hold()
  const sending = world.send(group, ann, 'once')
  proxy.spareNewcomers()
  await sending
  await world.send(group, ann, 'then')
  await world.store.close()
  await proxy.release()
  assert.deepEqual(await bodies(), ['once', 'then'])
  assert.deepEqual(await holes(), [])
})
