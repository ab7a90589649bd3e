import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Listing } from '@parlance/protocol'
import { type Fortress, openFortress } from '../hostile/server/fortress.ts'
import { series } from '../store/world.ts'
import { deep } from '../support/deep.ts'
import { NativeHttp } from '../support/native-http.ts'
import { connect, postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { foundInAll, indexed } from './native-search-index.ts'
import { Writer } from './native-search-writer.ts'

// The index of messages' words follows the log. A server that dies while it is behind has it catch up at the next
// start, with each message once.

const KILLS = deep(3)
const WRITERS = 4

interface Place {
  readonly settings: Readonly<Record<string, string>>
  /** Messages that are there, and not in the index. For a database that no server has open. */
  readonly countBehind: () => Promise<number>
}

const BEHIND = `
  SELECT count(*) AS behind FROM messages WHERE id > coalesce((SELECT message_id FROM search_position), 0)`

async function onSqlite(t: TestContext): Promise<Place> {
  const file = join(await tempDir(t), 'parlance.db')
  const countBehind = () => {
    const db = new DatabaseSync(file)
    const behind = Number(db.prepare(BEHIND).get()?.behind)
    db.close()
    return Promise.resolve(behind)
  }
  return { settings: { DBPATH: file }, countBehind }
}

async function onPostgres(t: TestContext): Promise<Place> {
  const DATABASE_URL = await tempSchema(t)
  const sql = connect(t, DATABASE_URL)
  const countBehind = async () => Number((await sql.unsafe(BEHIND))[0]?.behind)
  return { settings: { DATABASE_URL, FILES_DIR: await tempDir(t) }, countBehind }
}

async function kill({ child, exited }: Fortress): Promise<void> {
  child.kill('SIGKILL')
  assert.equal(await exited, 'SIGKILL')
}

/** The texts of a conversation, by place. */
async function textsIn(who: NativeHttp, { id: c }: Listing): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>()
  for (let after = 0; ; ) {
    const { items, hasAfter } = await who.ok('listMessages', { params: { c }, query: { after, limit: 200 } })
    for (const { seq, body } of items) texts.set(seq, body)
    if (!hasAfter) return texts
    after = items.at(-1)?.seq ?? assert.fail()
  }
}

/** Fails unless a search finds each message of the log once, and nothing else. */
async function assertAllFound(who: NativeHttp, places: readonly Listing[]): Promise<void> {
  await indexed(who)
  const logs = await Promise.all(places.map((place) => textsIn(who, place)))
  const stored = logs.flatMap((texts) => [...texts.values()])
  assert.deepEqual((await foundInAll(who, 'needle')).toSorted(), stored.toSorted())
}

const missing = await postgresIsMissing()

for (const [store, open, skip] of [
  ['SQLite', onSqlite, false],
  ['PostgreSQL', onPostgres, missing ?? false],
] as const)
  test(`${store}: ${KILLS} kills in the middle of sends and edits leave each message to be found once`, {
    skip,
  }, async (t) => {
    const { settings, countBehind } = await open(t)
    let server = await openFortress(t, settings)
    const { token, id } = await NativeHttp.register(server.url, 'ann')
    const who = () => new NativeHttp(server.url, { token, id })
    const places = await Promise.all(series(WRITERS).map(() => who().group()))
    const behind: number[] = []
    for (const cycle of series(KILLS)) {
      const writers = places.map((place) => new Writer(`needle ${cycle}`, place))
      const { url } = server
      const said = () => writers.reduce((sum, { texts }) => sum + texts.size, 0)
      const writing = writers.map((writer) => writer.write(url, token ?? ''))
      const deadline = randomInt(200, 1_500)
      await until('the moment of the kill', () => said() >= deadline)
      await kill(server)
      await Promise.all(writing)
      behind.push(await countBehind())
      server = await openFortress(t, settings)
      for (const writer of writers) writer.assertKept(await textsIn(who(), writer.place))
    }
    await assertAllFound(who(), places)
    assert.ok(
      behind.some((count) => count > 0),
      'a kill found the index behind',
    )
    t.diagnostic(`messages behind at the kills: ${behind.join(', ')}`)
  })

/** The lock under which a step of the follower writes: see `functions/search.sql`. */
const LOCK = 'hashtext(current_schema()), 7265414'
const WAITING = `
  SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND classid = hashtext(current_schema())::oid AND objid = 7265414 AND NOT granted`

test('PostgreSQL: a node that dies in the middle of a step of the index leaves its messages to the next one', {
  skip: missing ?? false,
}, async (t) => {
  const { settings, countBehind } = await onPostgres(t)
  const sql = connect(t, settings.DATABASE_URL)
  const dying = await openFortress(t, settings)
  const { token, id, ...first } = await NativeHttp.register(dying.url, 'ann')
  const ann = new NativeHttp(first.url, { token, id })
  const group = await ann.group()
  await sql.unsafe(`SELECT pg_advisory_lock(${LOCK})`)
  for (const n of series(20)) await ann.send(group, `needle ${n}`)
  await until('a step to begin', async () => (await sql.unsafe(WAITING)).length > 0)
  await kill(dying)
  // As if its machine were gone: else the database would end what the node has begun.
  await sql.unsafe(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) w`)
  await until('the step to end', async () => (await sql.unsafe(WAITING)).length === 0)
  assert.equal(await countBehind(), 20)
  await sql.unsafe(`SELECT pg_advisory_unlock(${LOCK})`)
  const next = await openFortress(t, settings)
  await assertAllFound(new NativeHttp(next.url, { token, id }), [group])
})
