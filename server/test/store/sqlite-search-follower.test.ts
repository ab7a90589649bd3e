import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { toAccountId, toConversationId } from '../../src/core/types.ts'
import { Batch } from '../../src/store/sqlite/batch.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { pack } from '../../src/store/sqlite/packed-message.ts'
import { SearchFollower } from '../../src/store/sqlite/search-follower.ts'
import type { Command } from '../../src/store/sqlite/writes.ts'
import { tempDir } from '../support/temp-dir.ts'
import { present, series } from './world.ts'

const AT = 1_700_000_000_000_000
const IN_THE_GROUP = { conversationId: toConversationId(1), senderId: toAccountId(1) }

const ANN: Command = [
  'accounts.create',
  { uuid: 'ann', username: 'ann', displayName: 'ann', email: null, passwordHash: 'hash', at: AT },
]
const GROUP: Command = [
  'conversations.create',
  { gid: 'aBcDeFgH', kind: 'group', name: null, creatorId: 1, memberIds: [1], at: AT },
]
const send = (body: string): Command => [
  'messages.append',
  pack({ ...IN_THE_GROUP, clientId: null, replyTo: null, body, at: AT }),
]

/** The writer without its thread, and a group that has as many messages, of many words each. */
async function groupOf(t: TestContext, count: number): Promise<DatabaseSync> {
  let close = () => {}
  t.after(() => close())
  const writing = openForWriting(join(await tempDir(t), 'parlance.db'))
  close = writing.close
  const words = series(40).map((n) => `word${n}`)
  const sends = series(count).map((n) => send(`needle ${n} ${words.map((word) => word + n).join(' ')}`))
  const answers = new Batch(writing.db).run([ANN, GROUP, ...sends])
  assert.ok(answers.every((answer) => 'value' in answer))
  return writing.db
}

const indexedIn = (db: DatabaseSync) =>
  db.prepare('SELECT count(*) AS count FROM search_docsize').get()?.count
const positionIn = (db: DatabaseSync) => db.prepare('SELECT message_id AS id FROM search_position').get()?.id

test('a step for which there is no room leaves all its messages to the next one', async (t) => {
  const db = await groupOf(t, 300)
  const follower = new SearchFollower(db)
  const { page_count: pages } = present(db.prepare('PRAGMA page_count').get())
  db.exec(`PRAGMA max_page_count = ${Number(pages) + 1}`)
  assert.throws(() => follower.step(), /full/)
  assert.deepEqual([positionIn(db), indexedIn(db)], [0, 0])
  db.exec('PRAGMA max_page_count = 1000000')
  assert.equal(follower.step(), 300)
  assert.equal(follower.step(), 0)
  assert.deepEqual([positionIn(db), indexedIn(db)], [300, 300])
})

test('a step whose commit fails leaves all its messages to the next one', async (t) => {
  const db = await groupOf(t, 10)
  db.exec(`
    CREATE TABLE trap (account_id INTEGER REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER trapped AFTER INSERT ON search_position BEGIN INSERT INTO trap (account_id) VALUES (99); END`)
  const follower = new SearchFollower(db)
  assert.throws(() => follower.step(), /FOREIGN KEY/)
  assert.deepEqual([positionIn(db), indexedIn(db)], [0, 0])
  db.exec('DROP TRIGGER trapped')
  assert.equal(follower.step(), 10)
  assert.deepEqual([positionIn(db), indexedIn(db)], [10, 10])
})
