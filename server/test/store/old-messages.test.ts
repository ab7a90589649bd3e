import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { toAccountId } from '../../src/core/types.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { MIGRATIONS as POSTGRES_MIGRATIONS } from '../../src/store/postgres/schema.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { MIGRATIONS, migrate } from '../../src/store/sqlite/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const missing = await postgresIsMissing()

/** The number of the migration that brought the index. */
const ADDED = { sqlite: 10, postgres: 9 }
const MESSAGES = 3_000

const rows = (series: string, truth: string) => `
  INSERT INTO accounts (id, uuid, username, username_key, display_name, is_guest, created_at, updated_at, last_seen_at)
  VALUES (1, 'u', 'ann', 'ann', 'Ann', ${truth}, 1, 1, 1);
  INSERT INTO conversations (id, gid, kind, creator_id, created_at, updated_at, activity_at, last_seq, last_change,
    last_message_id)
  VALUES (1, 'g', 'group', 1, 1, 1, 1, ${MESSAGES}, ${MESSAGES}, ${MESSAGES});
  INSERT INTO members (conversation_id, account_id, role, joined_at, last_read_at) VALUES (1, 1, 'owner', 1, 1);
  INSERT INTO messages (id, conversation_id, seq, change, sender_id, body, sent_at)
  SELECT n, 1, n, n, 1, 'old ' || n, n FROM ${series}`

async function findsAll({ search }: Store): Promise<void> {
  await until('the old messages', async () => (await search.indexedUpTo()) >= MESSAGES)
  const asked = { accountId: toAccountId(1), after: 0, before: 9_999, limit: 2 }
  const { items } = await search.find({ ...asked, terms: [{ word: 'old', isPrefix: false }] })
  assert.deepEqual(
    items.map(({ body }) => body),
    [`old ${MESSAGES}`, `old ${MESSAGES - 1}`],
  )
  const first = await search.find({ ...asked, terms: [{ word: '1', isPrefix: false }] })
  assert.deepEqual([first.items.map(({ seq }) => seq), first.before], [[1], null])
}

test('messages from before there was an index are found, on SQLite', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, ADDED.sqlite - 1) })
  db.exec('PRAGMA foreign_keys = OFF')
  db.exec(
    rows(
      `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${MESSAGES})
    SELECT n FROM s)`,
      '0',
    ),
  )
  db.close()
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await findsAll(store)
})

test('messages from before there was an index are found, on PostgreSQL', { skip: missing }, async (t) => {
  const url = await tempSchema(t)
  const earlier = POSTGRES_MIGRATIONS.slice(0, ADDED.postgres - 1)
  await connect(t, url).unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) SELECT n, n::text FROM generate_series(1, ${earlier.length}) n;
    ${earlier.map(({ sql }) => sql).join('')}
    ${rows(`generate_series(1, ${MESSAGES}) n`, 'false')};
    SELECT setval('message_ids', ${MESSAGES});`)
  const stores = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })])
  t.after(() => Promise.all(stores.map((store) => store.close())))
  for (const store of stores) await findsAll(store)
})
