import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Account, Conversation } from '../../src/core/types.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { tempStore } from './temp-store.ts'
import { present, series, World } from './world.ts'

// No write moves a conversation's first place yet.
const FORGET = 'UPDATE conversations SET first_seq = 6'
const missing = await postgresIsMissing()

/** Ten messages, two of them deleted; ann has read none. */
async function talk(world: World): Promise<[Account, Conversation]> {
  const [ann, bob] = await world.accounts('ann', 'bob')
  const group = await world.group(bob, ann)
  for (const n of series(10)) {
    const { message } = await world.send(group, bob, `${n}`)
    if ([2, 8].includes(message.seq)) await world.delete(message.messageId, bob)
  }
  return [ann, group]
}

async function countsWhatIsKept({ store }: World, { accountId }: Account, { conversationId }: Conversation) {
  const [listing] = await store.memberships.find(accountId, [conversationId])
  assert.equal(present(listing).own.unread, 4)
  const mark = async (seq: number) =>
    (await store.memberships.markReadUpTo({ conversationId, accountId, seq, isForced: false, at: 1 })).unread
  assert.deepEqual([await mark(3), await mark(7), await mark(10)], [4, 2, 0])
}

async function findsWhatIsKept({ store }: World, { accountId }: Account): Promise<void> {
  await until('the index', async () => (await store.search.indexedUpTo()) >= 10)
  const terms = [{ word: '', isPrefix: true }]
  const all = { after: 0, before: 100, limit: 9 }
  const { items } = await store.search.find({ accountId, terms, ...all })
  assert.deepEqual(
    items.map(({ seq }) => seq),
    [10, 9, 7, 6],
  )
}

test('counts and finds begin at the first message that is kept, on SQLite', async (t) => {
  const { store, file } = await tempStore(t)
  const [ann, group] = await talk(new World(store))
  await store.close()
  const db = new DatabaseSync(file)
  db.exec(FORGET)
  db.close()
  const later = await openSqliteStore({ file })
  t.after(() => later.close())
  await countsWhatIsKept(new World(later), ann, group)
  await findsWhatIsKept(new World(later), ann)
})

test('counts and finds begin at the first message that is kept, on PostgreSQL', {
  skip: missing,
}, async (t) => {
  const url = await tempSchema(t)
  const store = await openPostgresStore({ url })
  t.after(() => store.close())
  const world = new World(store)
  const [ann, group] = await talk(world)
  await connect(t, url).unsafe(FORGET)
  await countsWhatIsKept(world, ann, group)
  await findsWhatIsKept(world, ann)
})
