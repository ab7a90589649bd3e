import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Account, Conversation } from '../../src/core/types.ts'
import { toGid } from '../../src/core/types.ts'
import { newGid } from '../../src/lib/ids.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import type { Store, TouchedRow } from '../../src/store/store.ts'
import { deep } from '../support/deep.ts'
import { connect, POSTGRES_URL, postgresIsMissing } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { HOLES, NUMBER_FAULTS } from './series.ts'
import { present, series, World } from './world.ts'

const missing = await postgresIsMissing()

/** Some are no members, and an owner leaves to an heir whom this test does not name. */
const REFUSALS: ReadonlySet<string> = new Set(['not_a_member', 'conflict'])

const NODES = 2
const AT_ONCE = 40
/** The number of both nodes' writes together. */
const WRITES = deep(2_000)
const ROUNDS = Math.ceil(WRITES / NODES / AT_ONCE)

test('two nodes that number the same people at once neither deadlock nor leave a hole', {
  skip: missing,
}, async (t) => {
  const url = await tempDatabase(t)
  const stores = await Promise.all(series(NODES).map(() => openPostgresStore({ url })))
  try {
    const world = new World(present(stores[0]))
    const people = await Promise.all(series(8).map((n) => world.account(`p${n}`)))
    const rooms: Conversation[] = []
    for (const person of people.slice(0, 5)) rooms.push(await world.open(person))
    const touched = (await Promise.all(stores.map((store) => writeMuch(store, people, rooms)))).flat()
    const sql = connect(t, url)
    for (const { accountId } of people) {
      const drawn = touched.filter((row) => row.accountId === accountId).map(({ number }) => number)
      const cursor = await world.store.accountState.cursor(accountId)
      // Those who opened rooms have a number of that.
      const before = cursor - drawn.length
      assert.ok(before <= 1)
      assert.deepEqual(
        drawn.toSorted((one, other) => one - other),
        series(drawn.length).map((n) => n + before),
      )
    }
    assert.ok(touched.length > ROUNDS * AT_ONCE)
    assert.deepEqual([...(await sql.unsafe(HOLES)), ...(await sql.unsafe(NUMBER_FAULTS))], [])
    await sql.end()
  } finally {
    await Promise.all(stores.map((store) => store.close()))
  }
  assert.equal(await deadlocksIn(t, url), 0)
})

/** Writes of one node, many at once: every kind that numbers accounts, several of them in one, and sends. */
async function writeMuch(
  store: Store,
  people: readonly Account[],
  rooms: readonly Conversation[],
): Promise<readonly TouchedRow[]> {
  const touched: TouchedRow[] = []
  const any = <Item>(items: readonly Item[]): Item => present(items[Math.floor(Math.random() * items.length)])
  const { members, memberships, conversations, messages } = store
  let at = 1
  const writes = [
    (place: Place) => members.join({ ...place, added: null, at: at++ }),
    (place: Place) => members.leave({ ...place, heirId: null, at: at++ }),
    (place: Place) => memberships.markReadUpTo({ ...place, seq: at, isForced: at % 3 === 0, at: at++ }),
    (place: Place) => memberships.setPreferences({ ...place, isMuted: at++ % 2 === 0 }),
    ({ conversationId, accountId }: Place) =>
      messages.append({
        ...{ conversationId, senderId: accountId, clientId: null, replyTo: null, body: 'x', at: at++ },
      }),
    ({ conversationId, accountId }: Place) => {
      const mentions = series(3).map(() => ({ account: any(people).accountId, at: [0, 1] as const }))
      const extras = { format: 'plain', thread: null, replyToSeq: null, mentions } as const
      return messages.append({
        ...{
          conversationId,
          senderId: accountId,
          clientId: null,
          replyTo: null,
          body: 'x',
          at: at++,
          extras,
        },
      })
    },
    ({ accountId }: Place) => {
      const others = people.map((person) => person.accountId).filter(() => Math.random() < 0.5)
      const memberIds = [...new Set([accountId, ...others])]
      return conversations.create({
        ...{ gid: toGid(newGid()), kind: 'group', name: null, creatorId: accountId, memberIds, at: at++ },
      })
    },
  ]
  for (const _ of series(ROUNDS)) {
    const answers = await Promise.allSettled(
      series(AT_ONCE).map((): Promise<unknown> => {
        const { conversationId } = any(rooms)
        return any(writes)({ conversationId, accountId: any(people).accountId })
      }),
    )
    for (const answer of answers)
      if (answer.status === 'fulfilled') touched.push(...touchedBy(answer.value))
      else assert.ok(REFUSALS.has((answer.reason as { code?: string }).code ?? ''), `${answer.reason}`)
  }
  return touched
}

type Place = Pick<Parameters<Store['members']['leave']>[0], 'conversationId' | 'accountId'>

const touchedBy = (answer: unknown): readonly TouchedRow[] =>
  typeof answer === 'object' && answer !== null && 'touched' in answer
    ? (answer.touched as readonly TouchedRow[])
    : []

/** A database of its own, which counts its own deadlocks: the server tries again after one, and so hides it. */
async function tempDatabase(t: TestContext): Promise<string> {
  const sql = connect(t)
  const name = `parlance_${randomUUID().replaceAll('-', '')}`
  await sql.unsafe(`CREATE DATABASE ${name}`)
  t.after(async () => {
    const dropping = connect(t)
    await dropping.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
  })
  const url = new URL(POSTGRES_URL)
  url.pathname = `/${name}`
  return url.href
}

async function deadlocksIn(t: TestContext, url: string): Promise<number> {
  const sql = connect(t, url)
  const statistics = async () => {
    const [row] = await sql.unsafe<{ open: number; deadlocks: number }[]>(`
      SELECT numbackends AS open, deadlocks::int AS deadlocks FROM pg_stat_database
      WHERE datname = current_database()`)
    return present(row)
  }
  // A connection has told of its deadlocks once it is closed.
  await until('the stores are closed', async () => (await statistics()).open === 1)
  return (await statistics()).deadlocks
}
