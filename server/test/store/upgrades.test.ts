import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { MIGRATIONS as POSTGRES_MIGRATIONS } from '../../src/store/postgres/schema.ts'
import { MIGRATIONS, migrate } from '../../src/store/sqlite/schema.ts'
import { ARGON2ID, PASSWORD } from '../moving/adopting/sources.ts'
import type { Place } from '../support/clients/index.ts'
import { MessengerDevice } from '../support/clients/messenger.ts'
import { NativeDevice } from '../support/clients/native.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

// A server on the database of each earlier version: people log in, read what was said and go on.

const missing = await postgresIsMissing()

/** Ann and Bob in a group, in which each has said something. */
const rows = (no: string): string => `
  INSERT INTO accounts (uuid, username, username_key, display_name, password_hash, is_guest, created_at, updated_at,
    last_seen_at)
  VALUES ('uuid-of-ann', 'ann', 'ann', 'Ann', '${ARGON2ID}', ${no}, 1, 1, 1),
    ('uuid-of-bob', 'bob', 'bob', 'Bob', '${ARGON2ID}', ${no}, 1, 1, 1);
  INSERT INTO conversations (gid, kind, name, creator_id, created_at, updated_at, activity_at, last_seq, last_change)
  VALUES ('aBcDeFgH', 'group', 'Old friends', 1, 1, 1, 1, 2, 3);
  INSERT INTO members (conversation_id, account_id, joined_at) VALUES (1, 1, 1), (1, 2, 1);
  INSERT INTO changes (conversation_id, change, kind, account_id, last_seq, at) VALUES (1, 1, 'created', 1, 0, 1);
  INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, body, sent_at)
  VALUES (1, 1, 1, 2, 1, 'client id', 'said long ago', 2), (2, 1, 2, 3, 2, NULL, 'answered long ago', 3);
  UPDATE conversations SET last_message_id = 2;`

async function sqliteOf(t: TestContext, schema: number): Promise<Readonly<Record<string, string>>> {
  const file = join(await tempDir(t), 'parlance.db')
  using db = new DatabaseSync(file)
  migrate(db, file, { known: MIGRATIONS.slice(0, schema) })
  db.exec(rows('0'))
  return { DBPATH: file }
}

async function postgresOf(t: TestContext, schema: number): Promise<Readonly<Record<string, string>>> {
  const url = await tempSchema(t)
  await connect(t, url).unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) SELECT n, n::text FROM generate_series(1, ${schema}) n;
    ${POSTGRES_MIGRATIONS.slice(0, schema)
      .map(({ sql }) => sql)
      .join('')}
    ${rows('false')}
    SELECT setval('message_ids', 2);`)
  return { DATABASE_URL: url, FILES_DIR: await tempDir(t) }
}

const STORES = [
  { name: 'SQLite', newest: MIGRATIONS.length, skip: undefined, make: sqliteOf },
  { name: 'PostgreSQL', newest: POSTGRES_MIGRATIONS.length, skip: missing, make: postgresOf },
] as const

for (const { name, newest, skip, make } of STORES)
  for (let schema = 1; schema < newest; schema++)
    test(`a server goes on with a database of schema ${schema}, on ${name}`, { skip }, async (t) => {
      const settings = await make(t, schema)
      // Once more, as what it is now.
      for (const said of ['said anew', 'said after another start']) {
        const server = await startParlance(settings)
        await using opened = new AsyncDisposableStack()
        opened.defer(() => server.close())
        const ann = await NativeDevice.logIn(server, { username: 'ann', password: PASSWORD })
        opened.defer(() => ann.close())
        const bob = await MessengerDevice.logIn(server, { username: 'bob', password: PASSWORD })
        const place = { conversationId: 1 } as Place
        assert.equal(((await bob.title(place)) as { name?: string }).name, 'Old friends')
        await ann.send(place, said)
        const texts = [await ann.history(place), await bob.history(place)].map((shown) =>
          shown.map(({ text }) => text),
        )
        const old = ['said long ago', 'answered long ago']
        const expected = said === 'said anew' ? [...old, said] : [...old, 'said anew', said]
        assert.deepEqual(texts, [expected, expected])
      }
    })
