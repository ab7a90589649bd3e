import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { TABLES } from '../../src/store/moving.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { AccountReader } from '../../src/store/sqlite/account-reader.ts'
import { SqliteAccounts } from '../../src/store/sqlite/accounts.ts'
import { Batch } from '../../src/store/sqlite/batch.ts'
import { SqliteChanges } from '../../src/store/sqlite/change-log.ts'
import { ConversationReader } from '../../src/store/sqlite/conversation-reader.ts'
import { SqliteConversations } from '../../src/store/sqlite/conversations.ts'
import { openForReading, openForWriting } from '../../src/store/sqlite/database.ts'
import { ListingReader } from '../../src/store/sqlite/listing-reader.ts'
import { LogHeads } from '../../src/store/sqlite/log-heads.ts'
import { SqliteMemberships } from '../../src/store/sqlite/memberships.ts'
import { pack } from '../../src/store/sqlite/packed-message.ts'
import { ReadCache } from '../../src/store/sqlite/read-cache.ts'
import { SqliteSessions } from '../../src/store/sqlite/sessions.ts'
import { WriteQueue } from '../../src/store/sqlite/write-queue.ts'
import type { WriteAnswer } from '../../src/store/sqlite/writes.ts'
import { deep } from '../support/deep.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { writeEmptyDatabase } from '../support/sqlite.ts'
import { tempDir } from '../support/temp-dir.ts'
import { type AnyWrite, anyWrites, BEGINNING, portOf, WORLD } from './any-write/index.ts'
import { findHoles, HOLES, NUMBER_FAULTS } from './series.ts'

// Every cache equals the tables, after any writes. See `store/writes.ts` for the rows that each write touches.

// Asked before the tests run, which keep this process busy for longer than the answer may take.
const missing = await postgresIsMissing()

/** As it crosses to SQLite's writer. */
const packed = ([name, argument]: AnyWrite): AnyWrite =>
  name === 'messages.append' ? [name, pack(argument as Parameters<typeof pack>[0])] : [name, argument]

/**
 * Everything that the writer can remember: asked of it, it remembers it. Whether someone is blocked counts for members
 * alone: others are refused before, and nobody joins a private conversation.
 */
function headsOf(heads: LogHeads): unknown {
  const conversations = WORLD.conversationIds.map((conversationId) => {
    const position = heads.position(conversationId)
    if (!position) return undefined
    const speakers = WORLD.accountIds.map((accountId) => {
      const { role, isBlocked, sentSeq } = heads.speaker(conversationId, accountId)
      return role ? { role, isBlocked, sentSeq } : undefined
    })
    return { ...position, speakers }
  })
  return { conversations, next: heads.nextMessageId() }
}

/** A value that the tables' own lists leave out, such as a new kind of change: no refusal, but a migration forgotten. */
const isBarredByCheck = (answer: WriteAnswer): boolean =>
  'defect' in answer && answer.defect.message.startsWith('CHECK constraint failed')

function openEmpty(file: string) {
  writeEmptyDatabase(file)
  return openForWriting(file)
}

/** Everything that the port keeps. */
const rowsOf = (db: DatabaseSync): unknown =>
  TABLES.map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all())

test("the heads of the logs in SQLite's writer are what its tables say, after any writes", async (t) => {
  const folder = await tempDir(t)
  let run = 0
  fc.assert(
    fc.property(anyWrites, (batches) => {
      const { db, close } = openEmpty(join(folder, `${run++}.db`))
      db.exec('PRAGMA synchronous = OFF')
      const heads = new LogHeads(db)
      const batch = new Batch(db, heads)
      for (const writes of [BEGINNING, ...batches]) {
        const answers = batch.run(writes.map(packed))
        assert.equal(answers.length, writes.length)
        assert.deepEqual(answers.filter(isBarredByCheck), [])
        assert.deepEqual(headsOf(heads), headsOf(new LogHeads(db)))
      }
      assert.deepEqual(findHoles(db), [])
      close()
    }),
    { numRuns: deep(60) },
  )
})

test('writes that SQLite commits together leave what they leave one by one, whatever they are', async (t) => {
  const folder = await tempDir(t)
  let run = 0
  fc.assert(
    fc.property(anyWrites, (batches) => {
      const [together, apart] = ['together', 'apart'].map((name) => {
        const opened = openEmpty(join(folder, `${name} ${run}.db`))
        opened.db.exec('PRAGMA synchronous = OFF')
        return { ...opened, batch: new Batch(opened.db) }
      })
      run++
      assert.ok(together && apart)
      for (const writes of [BEGINNING, ...batches]) {
        const commands = writes.map(packed)
        const answers: readonly unknown[] = together.batch.run(commands)
        const expected: readonly unknown[] = commands.flatMap((command) => apart.batch.run([command]))
        assert.deepEqual(answers, expected)
        assert.deepEqual(rowsOf(together.db), rowsOf(apart.db))
      }
      together.close()
      apart.close()
    }),
    { numRuns: deep(60) },
  )
})

/** Everything that a reader can remember: asked of it, it remembers it. */
async function readWith(db: DatabaseSync, writer: WriteQueue, cache: ReadCache): Promise<unknown> {
  const reader = new AccountReader(db, cache)
  const conversationReader = new ConversationReader(db, cache)
  const accounts = new SqliteAccounts(db, { writer, cache, reader })
  const memberships = new SqliteMemberships(db, writer, new ListingReader(db, cache.listings, reader))
  const conversations = new SqliteConversations(db, { writer, cache, reader: conversationReader })
  const changes = new SqliteChanges(db, reader, conversationReader)
  const sessions = new SqliteSessions(db, writer, cache)
  const { accountIds, conversationIds, usernames, gids, names, kinds, digests } = WORLD
  return Promise.all([
    ...accountIds.map((id) => accounts.find(id)),
    ...usernames.map((username) => accounts.findByUsername(username)),
    ...conversationIds.map((id) => conversations.find(id)),
    ...gids.map((gid) => conversations.findByGid(gid)),
    ...names.map((name) => conversations.findOpenByName(name)),
    ...conversationIds.flatMap((id) => accountIds.map((who) => conversations.standing(who, id))),
    changes.last(conversationIds),
    ...accountIds.map((who) => memberships.find(who, conversationIds)),
    ...kinds.flatMap((kind) => digests.map((digest) => sessions.find(kind, digest))),
  ])
}

test('the cache of SQLite’s readers equals its tables, after any writes', async (t) => {
  const folder = await tempDir(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(anyWrites, async (batches) => {
      const file = join(folder, `${run++}.db`)
      writeEmptyDatabase(file)
      const cache = new ReadCache()
      const writer = await WriteQueue.open({ file, purpose: 'serve' }, cache, {})
      const db = openForReading(file)
      try {
        for (const writes of [BEGINNING, ...batches]) {
          await Promise.allSettled(
            writes.map(packed).map(([name, argument]) => writer.write(name, argument as never)),
          )
          const remembered = await readWith(db, writer, cache)
          assert.deepEqual(remembered, await readWith(db, writer, new ReadCache()))
        }
      } finally {
        db.close()
        await writer.close()
      }
    }),
    { numRuns: deep(25) },
  )
})

/** Conversations whose row is not what their messages say. */
const STALE_ROWS = `
  SELECT c.id FROM conversations c
  WHERE c.last_message_id IS DISTINCT FROM (
    SELECT t.id FROM messages t WHERE t.conversation_id = c.id AND NOT t.is_deleted ORDER BY t.seq DESC LIMIT 1)`

test('the end of the log in PostgreSQL’s conversations equals the log, after any writes', {
  skip: missing,
}, async (t) => {
  const url = await tempSchema(t)
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  const sql = connect(t, url)
  const port = portOf(store)
  await fc.assert(
    fc.asyncProperty(anyWrites, async (batches) => {
      await sql.unsafe('TRUNCATE accounts, account_notices, messages RESTART IDENTITY CASCADE')
      await sql.unsafe('ALTER SEQUENCE message_ids RESTART')
      for (const writes of [BEGINNING, ...batches]) {
        await Promise.allSettled(writes.map(([name, argument]) => port[name](argument as never)))
        const faults = await Promise.all([HOLES, STALE_ROWS, NUMBER_FAULTS].map((query) => sql.unsafe(query)))
        assert.deepEqual(faults.flat(), [])
      }
    }),
    { numRuns: deep(15) },
  )
})
