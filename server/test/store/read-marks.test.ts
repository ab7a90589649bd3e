import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AccountId, ConversationId } from '../../src/core/types.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Appended, Joined, ReadMarked, Store } from '../../src/store/store.ts'
import type { Argument, WriteName } from '../../src/store/writes.ts'
import { deep } from '../support/deep.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { writeEmptyDatabase } from '../support/sqlite.ts'
import { tempDir } from '../support/temp-dir.ts'
import { type AnyWrite, anyWrites, BEGINNING, portOf, WORLD } from './any-write/index.ts'
import { series } from './world.ts'

// Unread counts against a count of the messages themselves, after any writes.

// Asked before the tests run, which keep this process busy for longer than the answer may take.
const missing = await postgresIsMissing()

/** Read marks as the answers of writes imply them, in the order of commits. */
class Marks {
  readonly #marks = new Map<string, number>()
  readonly #lastSeqs = new Map<ConversationId, number>()

  get(conversationId: ConversationId, accountId: AccountId): number {
    return this.#marks.get(`${conversationId} ${accountId}`) ?? 0
  }

  note(name: WriteName, argument: unknown, answer: unknown): void {
    // The answer is that of the write, whose argument this is.
    if (name === 'messages.append') this.#send(argument as Argument<'messages.append'>, answer as Appended)
    if (name === 'members.join') this.#join(argument as Argument<'members.join'>, answer as Joined)
    if (name === 'memberships.markReadUpTo')
      this.#mark(argument as Argument<'memberships.markReadUpTo'>, answer as ReadMarked)
  }

  #send({ conversationId, senderId }: Argument<'messages.append'>, { message, isNew }: Appended): void {
    if (!isNew) return
    this.#lastSeqs.set(conversationId, message.seq)
    this.#marks.set(`${conversationId} ${senderId}`, message.seq)
  }

  #join({ conversationId, accountId }: Argument<'members.join'>, { isNew }: Joined): void {
    if (isNew) this.#marks.set(`${conversationId} ${accountId}`, this.#lastSeqs.get(conversationId) ?? 0)
  }

  #mark(
    { conversationId, accountId, seq, isForced }: Argument<'memberships.markReadUpTo'>,
    { readSeq }: ReadMarked,
  ): void {
    const before = this.get(conversationId, accountId)
    const wanted = Math.min(Math.max(seq, 0), this.#lastSeqs.get(conversationId) ?? 0)
    const mark = isForced ? wanted : Math.max(before, wanted)
    assert.equal(readSeq, mark)
    this.#marks.set(`${conversationId} ${accountId}`, mark)
  }
}

async function run(store: Store, marks: Marks, writes: readonly AnyWrite[]): Promise<void> {
  const port = portOf(store)
  const answers = await Promise.allSettled(writes.map(([name, argument]) => port[name](argument as never)))
  for (const [n, answer] of answers.entries()) {
    const [name, argument] = writes[n] ?? ['ping', null]
    if (answer.status === 'fulfilled') marks.note(name, argument, answer.value)
  }
}

async function check({ memberships, messages }: Store, marks: Marks): Promise<void> {
  for (const accountId of WORLD.accountIds)
    for (const { conversation, own } of await memberships.find(accountId, WORLD.conversationIds)) {
      const { conversationId, lastSeq } = conversation
      const mark = marks.get(conversationId, accountId)
      const all = await messages.list({ conversationId, limit: Number.POSITIVE_INFINITY })
      const unread = all.filter(({ seq }) => seq > mark).length
      assert.deepEqual([own.readSeq, own.unread], [mark, unread])
      const read = { conversationId, accountId, seq: lastSeq, isForced: false, at: 1 }
      const marked = await memberships.markReadUpTo(read)
      assert.deepEqual([marked.readSeq, marked.unread, marked.mentions], [Math.max(mark, lastSeq), 0, 0])
      const [after] = await memberships.find(accountId, [conversationId])
      assert.deepEqual([after?.own.unread, after?.own.mentions], [0, 0])
    }
}

/** Before the others: so many messages of one and then of another that marks are written on their way. */
const manySends = fc
  .array(fc.tuple(fc.constantFrom(...WORLD.accountIds.slice(0, 2)), fc.integer({ min: 1, max: 90 })), {
    maxLength: 4,
  })
  .map((runs) =>
    runs.flatMap(([senderId, count]) =>
      series(count).map((): AnyWrite => {
        const [conversationId] = WORLD.conversationIds
        const message = { conversationId, senderId, clientId: null, replyTo: null, body: 'a', at: 1 }
        return ['messages.append', message]
      }),
    ),
  )

const oneRun = async (
  store: Store,
  sends: readonly AnyWrite[],
  batches: readonly (readonly AnyWrite[])[],
): Promise<void> => {
  const marks = new Marks()
  const half = Math.floor(batches.length / 2)
  for (const writes of [BEGINNING, ...batches.slice(0, half), sends, ...batches.slice(half)])
    await run(store, marks, writes)
  await check(store, marks)
}

test('the unread messages are those sent after the mark, after any writes in SQLite', async (t) => {
  const folder = await tempDir(t)
  let number = 0
  await fc.assert(
    fc.asyncProperty(manySends, anyWrites, async (sends, batches) => {
      const file = join(folder, `${number++}.db`)
      writeEmptyDatabase(file)
      const store = await openSqliteStore({ file })
      try {
        await oneRun(store, sends, batches)
      } finally {
        await store.close()
      }
    }),
    { numRuns: deep(25) },
  )
})

test('the unread messages are those sent after the mark, after any writes in PostgreSQL', {
  skip: missing,
}, async (t) => {
  const url = await tempSchema(t)
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  const sql = connect(t, url)
  await fc.assert(
    fc.asyncProperty(manySends, anyWrites, async (sends, batches) => {
      await sql.unsafe('TRUNCATE accounts, account_notices, messages RESTART IDENTITY CASCADE')
      await sql.unsafe('ALTER SEQUENCE message_ids RESTART')
      await oneRun(store, sends, batches)
    }),
    { numRuns: deep(15) },
  )
})
