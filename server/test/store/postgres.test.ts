import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { toAccountId } from '../../src/core/types.ts'
import { newUuid } from '../../src/lib/ids.ts'
import { openPostgresStore, type PostgresOptions } from '../../src/store/postgres/index.ts'
import { MIGRATIONS } from '../../src/store/postgres/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { connect, countOpen, proxyTo, tempSchema } from '../support/postgres.ts'
import { reuseSchemas } from '../support/reused-schemas.ts'
import { until } from '../support/until.ts'
import { storeConformance } from './conformance.ts'
import { nobodyIsAdmin, oldConversations } from './old-conversations.ts'
import { creatorsAreOwners, oldMembers } from './old-members.ts'
import { namesStay, OLD_NAMES } from './old-names.ts'
import { oldSessions, sessionsStay } from './old-sessions.ts'
import { HOLES } from './series.ts'
import { present, refuses, series, World } from './world.ts'

const takeSchema = reuseSchemas()
storeConformance('PostgreSQL', async (t) => {
  const { url, giveBack } = await takeSchema()
  const store = await openPostgresStore({ url })
  t.after(async () => {
    await store.close()
    giveBack()
  })
  return store
})

async function openStore(
  t: TestContext,
  url: string,
  hooks: Omit<PostgresOptions, 'url'> = {},
): Promise<Store> {
  const store = await openPostgresStore({ url, ...hooks })
  t.after(() => store.close())
  return store
}

test('two nodes that start at once on an empty database both come up', async (t) => {
  const url = await tempSchema(t)
  const stores = await Promise.all(series(4).map(() => openStore(t, url)))
  const ann = await new World(present(stores[0])).account('ann')
  for (const store of stores) assert.deepEqual(await store.accounts.find(ann.accountId), ann)
})

test('makes null of a bio that was empty, and keeps those that were set', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  // These tables are as a server of the first schema has left them.
  await sql.unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) VALUES (1, 'first');
    ${present(MIGRATIONS[0]).sql}
    INSERT INTO accounts (uuid, username, display_name, is_guest, created_at, updated_at, last_seen_at, bio)
    VALUES ('u', 'ann', 'Ann', false, 1, 1, 1, ''), ('v', 'bob', 'Bob', false, 1, 1, 1, 'fox 🦊')`)
  const { accounts } = await openStore(t, url)
  const found = await Promise.all([1, 2].map((id) => accounts.find(toAccountId(id))))
  const bios = found.map((account) => account?.bio)
  assert.deepEqual(bios, [null, 'fox 🦊'])
})

test('lets names stay that look alike, finds each, and takes no new one like them', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  const earlier = MIGRATIONS.slice(0, 3)
  await sql.unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) VALUES (1, 'first'), (2, 'second'), (3, 'third');
    ${earlier.map(({ sql: each }) => each).join('')}`)
  for (const [n, name] of OLD_NAMES.entries())
    await sql.unsafe(
      `INSERT INTO accounts (uuid, username, username_key, display_name, password_hash, is_guest, created_at,
         updated_at, last_seen_at)
       VALUES ($1, $2, $3, $2, 'hash', false, 1, 1, 1)`,
      [`${n}`, name, name.normalize('NFKC').toLowerCase()],
    )
  await sql.unsafe(`
    INSERT INTO conversations (gid, kind, name, name_key, creator_id, created_at, updated_at, activity_at)
    VALUES ('aaaaaaaa', 'open', 'Straße', 'straße', 1, 1, 1, 1), ('bbbbbbbb', 'open', 'Strasse', 'strasse', 1, 1, 1, 1),
      ('cccccccc', 'group', 'Strasse', NULL, 1, 1, 1, 1)`)
  await namesStay(new World(await openStore(t, url)))
})

test('makes owners of creators who are members still, but not of guests', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  await sql.unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) SELECT n, 'old' FROM generate_series(1, 4) n;
    ${MIGRATIONS.slice(0, 4)
      .map(({ sql: each }) => each)
      .join('')}
    ${oldMembers('false', 'true')}`)
  await creatorsAreOwners(new World(await openStore(t, url)))
})

test('keeps sessions from before they had ids, and gives each one', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  await sql.unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) SELECT n, 'old' FROM generate_series(1, 5) n;
    ${MIGRATIONS.slice(0, 5)
      .map(({ sql: each }) => each)
      .join('')}
    ${oldSessions('false')}`)
  await sessionsStay(new World(await openStore(t, url)))
})

test('knows of no administrator, and of nothing deleted, in a database from before there were any', async (t) => {
  const url = await tempSchema(t)
  const sql = connect(t, url)
  await sql.unsafe(`
    CREATE TABLE schema_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations (number, name) SELECT n, 'old' FROM generate_series(1, 11) n;
    ${MIGRATIONS.slice(0, 11)
      .map(({ sql: each }) => each)
      .join('')}
    ${oldConversations('false', 'true')}`)
  await nobodyIsAdmin(new World(await openStore(t, url)))
})

test('one of several names that look alike is stored, whichever nodes are asked', async (t) => {
  const url = await tempSchema(t)
  const worlds = (await Promise.all(series(3).map(() => openStore(t, url)))).map((store) => new World(store))
  for (const round of series(10)) {
    const names = [`Straße ${round}`, `STRASSE  ${round}`, `ѕtraßе ${round}`]
    const made = await Promise.allSettled(names.map((name, n) => present(worlds[n]).account(name)))
    assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const result of made)
      if (result.status === 'rejected') assert.equal(result.reason.code, 'name_taken')
  }
})

test('numbers one log without a hole, whichever nodes write it', async (t) => {
  const url = await tempSchema(t)
  const worlds = (await Promise.all(series(3).map(() => openStore(t, url)))).map((store) => new World(store))
  const world = present(worlds[0])
  const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
  const groups = [await world.group(ann, bob, cy), await world.open(bob), await world.group(cy, ann)]
  for (const account of [ann, cy]) await world.join(present(groups[1]), account)
  const sending = series(900).map(async (n) => {
    const node = present(worlds[n % 3])
    const sent = await node.send(present(groups[n % 2]), present([ann, bob, cy][n % 3]), `${n}`)
    if (n % 50 === 0) await node.delete(sent.message.messageId, present([ann, bob, cy][n % 3]))
  })
  const moving = series(40).map(async (n) => {
    const account = await present(worlds[n % 3]).account(`visitor ${n}`)
    await present(worlds[(n + 1) % 3]).join(present(groups[1]), account)
    await present(worlds[(n + 2) % 3]).leave(present(groups[1]), account)
  })
  await Promise.all([...sending, ...moving])
  assert.deepEqual([...(await connect(t, url).unsafe(HOLES))], [])
})

test('stores a client id once, whichever nodes it is sent to', async (t) => {
  const url = await tempSchema(t)
  const worlds = (await Promise.all(series(3).map(() => openStore(t, url)))).map((store) => new World(store))
  const world = present(worlds[0])
  const ann = await world.account('ann')
  const groups = [await world.group(ann), await world.group(ann), await world.group(ann)]
  for (const round of series(20)) {
    const clientId = `round ${round}`
    const sent = await Promise.all(
      worlds.map((node, n) => node.send(present(groups[n]), ann, 'once', { clientId })),
    )
    assert.equal(sent.filter(({ isNew }) => isNew).length, 1)
    assert.equal(new Set(sent.map(({ message }) => message.messageId)).size, 1)
  }
})

test('nodes that change the same accounts in different orders do not stop each other', async (t) => {
  const url = await tempSchema(t)
  const worlds = (await Promise.all(series(2).map(() => openStore(t, url)))).map((store) => new World(store))
  const world = present(worlds[0])
  const accounts = await Promise.all(series(20).map((n) => world.account(`account ${n}`)))
  const seen = (node: World, these: typeof accounts) =>
    these.map(({ accountId }) => node.store.accounts.setSeen(accountId, world.now()))
  for (let round = 0; round < 20; round++) {
    await Promise.all([
      ...seen(present(worlds[0]), accounts),
      ...seen(present(worlds[1]), accounts.toReversed()),
    ])
  }
})

test('a write whose answer was lost with its connection is neither lost nor doubled', async (t) => {
  const url = await tempSchema(t)
  const { proxy, url: proxied } = await proxyTo(t, url)
  const world = new World(await openStore(t, proxied))
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const sent: string[] = []
  // Cut once a round, at another moment of its batch each time.
  for (const round of series(30)) {
    const sending = series(20).map(async (n) => {
      await world.send(group, ann, `${round}.${n}`)
      sent.push(`${round}.${n}`)
    })
    await setTimeout(round % 6)
    proxy.cut()
    await Promise.all(sending)
  }
  assert.deepEqual((await world.bodies(group)).toSorted(), sent.toSorted())
  assert.deepEqual([...(await connect(t, url).unsafe(HOLES))], [])
})

test('a database that stays away makes writes and reads unavailable, until it is back', async (t) => {
  const { proxy, url } = await proxyTo(t, await tempSchema(t))
  const world = new World(await openStore(t, url))
  const ann = await world.account('ann')
  const group = await world.group(ann)
  proxy.cut('stay')
  await Promise.all([
    refuses(world.store.accounts.find(ann.accountId), 'unavailable'),
    refuses(world.store.ping(), 'unavailable'),
    // The message may have left before the loss was noticed.
    refuses(world.send(group, ann, 'into the void'), 'outcome_unknown'),
  ])
  // From then on nobody waits for what is known to be away.
  await refuses(world.send(group, ann, 'at once'), 'unavailable')
  proxy.restore()
  const isBack = () =>
    world.send(group, ann, 'back').then(
      () => true,
      () => false,
    )
  await until('the database is back', isBack, 20_000)
  assert.deepEqual((await world.bodies(group)).at(-1), 'back')
})

test('a closed store refuses each question, and connects to nothing', async (t) => {
  const url = new URL(await tempSchema(t))
  const name = newUuid()
  url.searchParams.set('application_name', name)
  const store = await openPostgresStore({ url: url.href })
  const ann = await new World(store).account('ann')
  await store.close()
  await refuses(store.accounts.find(ann.accountId), 'unavailable')
  const sql = connect(t)
  await until('its connections to be gone', async () => (await countOpen(sql, name)) === 0)
})
