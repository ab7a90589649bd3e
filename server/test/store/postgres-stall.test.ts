import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { connect, proxyTo, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { HOLES } from './series.ts'
import { refuses, series, World } from './world.ts'

// A database that does not answer, and does not hang up either.

/** More than the connections that are read over. */
const MANY = 40

async function stalling(t: TestContext) {
  const url = await tempSchema(t)
  const { proxy, url: proxied } = await proxyTo(t, url)
  const store = await openPostgresStore({ url: proxied })
  t.after(() => store.close())
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const sql = connect(t, url)
  return {
    proxy,
    world,
    ann,
    group,
    /** What the database itself has. */
    bodies: async () => (await sql`SELECT body FROM messages ORDER BY seq`).map(({ body }) => body),
    holes: async () => [...(await sql.unsafe(HOLES))],
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
  await refuses(send(), 'unavailable')
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
