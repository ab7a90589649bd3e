import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { StoreRefusal } from '../../src/store/store.ts'
import { startPgbouncer, startPostgres } from '../support/engines/index.ts'
import { series, World } from './world.ts'

const { engine, ...started } = await startPostgres()
after(() => started[Symbol.asyncDispose]())

/** Settings that the documents ask for. */
const ASKED = { ignore_startup_parameters: 'statement_timeout', default_pool_size: 20 }

async function pooled(t: TestContext, settings: Readonly<Record<string, string | number>>): Promise<string> {
  const { engine: pooler, ...pooling } = await startPgbouncer(engine, settings)
  t.after(() => pooling[Symbol.asyncDispose]())
  return pooler.url
}

async function refuses(url: string, sentence: RegExp): Promise<void> {
  const onWaiting = async (waits: string) => assert.fail(waits)
  await assert.rejects(openPostgresStore({ url, onWaiting }), (error) => {
    assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
    assert.match(error.message, sentence)
    return true
  })
}

test('two nodes work through a pooler that gives each session a connection', async (t) => {
  const url = await pooled(t, { ...ASKED, pool_mode: 'session' })
  const stores = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })])
  const [here, there] = stores.map((store) => new World(store)) as [World, World]
  const ann = await here.account('ann')
  const group = await here.group(ann)
  for (const round of series(10)) {
    const reads = series(20).map(() => there.store.accounts.findByUsername('ann'))
    await Promise.all([
      here.send(group, ann, `here ${round}`),
      there.send(group, ann, `there ${round}`),
      ...reads,
    ])
  }
  assert.equal((await there.bodies(group)).length, 20)
  await Promise.all(stores.map((store) => store.close()))
})

test('a pooler that gives each transaction another connection is refused, also when it has few', async (t) => {
  for (const default_pool_size of [20, 2])
    await refuses(
      await pooled(t, { ...ASKED, default_pool_size, pool_mode: 'transaction' }),
      /gives each transaction another connection, .* set its pool_mode to session/,
    )
})

test('a pooler that takes no statement_timeout is refused, with what to add', async (t) => {
  await refuses(
    await pooled(t, { pool_mode: 'session' }),
    /statement_timeout to its ignore_startup_parameters/,
  )
})
