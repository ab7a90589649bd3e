import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unitsOf } from '../../src/lib/words.ts'
import { openPool } from '../../src/store/postgres/driver/index.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { PostgresSearch } from '../../src/store/postgres/search.ts'
import { SearchFollower } from '../../src/store/postgres/search-follower.ts'
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

/** A follower that has lost to another node does not look again within the test. */
const NEVER = 2 ** 30

test('a step that meets an edit, a deletion or a purge goes on at once, with the texts as they are', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  const store = await openPostgresStore({ url })
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  // The store's own follower waits for the end of an import, and goes with the store.
  await sql`CREATE TABLE unfinished_import ()`
  for (const n of series(20)) await world.send(group, ann, `needle ${n}`)
  const newest = await store.exports.lastMessageId()
  await store.close()
  await sql`DROP TABLE unfinished_import`
  const pool = openPool(url, { connections: 2, graceSeconds: 0, statementTimeoutMs: 0 })
  t.after(() => pool.end(1))
  const stepWaits = async () => {
    const [row] = await sql`
      SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7265414 AND NOT granted
        AND classid::bigint = hashtext(current_schema())::bigint & 4294967295`
    return row !== undefined
  }
  // The lock that an edit holds: the step has read the texts, and waits with their words.
  await sql`BEGIN`
  await sql`SELECT chat_search_hold()`
  const follower = new SearchFollower(pool, { look: 1, late: NEVER })
  t.after(() => follower.close())
  await until('a step that waits', stepWaits)
  await sql`UPDATE messages SET body = 'thread', text_change = change + 100 WHERE seq IN (1, 7)`
  await sql`UPDATE messages SET body = '', is_deleted = true WHERE seq = 9`
  await sql`DELETE FROM changes WHERE message_id IN (SELECT id FROM messages WHERE seq = 11)`
  await sql`DELETE FROM messages WHERE seq = 11`
  await sql`COMMIT`
  const reader = new PostgresSearch(pool)
  await until('the index', async () => (await reader.indexedUpTo()) >= newest)
  const count = async (word: string) => {
    const search = { terms: termsOf(unitsOf(word), false), after: 0, before: newest + 1, limit: 50 }
    return (await reader.find({ accountId: ann.accountId, ...search })).items.length
  }
  assert.deepEqual([await count('needle'), await count('thread')], [16, 2])
})
