import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unitsOf } from '../../src/lib/words.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { termsOf } from '../../src/store/store.ts'
import { connect, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { series, World } from './world.ts'

test('words for which there is no room are written once there is, and none is passed over', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  await sql.unsafe(`
    CREATE SEQUENCE tries;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM nextval('tries');
      RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER trapped BEFORE INSERT ON search FOR EACH ROW EXECUTE FUNCTION refuse()`)
  for (const n of series(20)) await world.send(group, ann, `needle ${n}`)
  const isTried = async () => (await sql<{ is_called: boolean }[]>`SELECT is_called FROM tries`)[0]?.is_called
  await until('a step', isTried)
  assert.equal(await store.search.indexedUpTo(), 0)
  await sql`DROP TRIGGER trapped ON search`
  const newest = await store.exports.lastMessageId()
  await until('the index', async () => (await store.search.indexedUpTo()) >= newest)
  const search = { terms: termsOf(unitsOf('needle'), false), after: 0, before: newest + 1, limit: 50 }
  const { items } = await store.search.find({ accountId: ann.accountId, ...search })
  assert.equal(items.length, 20)
})
