import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { PendingJoin } from '../../src/delivery/index.ts'
import { until } from '../support/until.ts'
import { type LiveWorld, liveWorld, type TestConnection } from './live-world.ts'

type Act = () => Promise<unknown>

interface Opening {
  readonly world: LiveWorld
  readonly connection: TestConnection
  readonly opened: 'live' | 'revoked' | 'ended'
  readonly hasJoined: boolean
}

/** The call, with something that happens before it is answered, and after what it answers was found. */
const followedBy =
  <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>, act: Act) =>
  async (...args: Args): Promise<Result> => {
    const result = await call(...args)
    await act()
    return result
  }

/** The moments of an opening: for each, how the test acts then. */
const MOMENTS: Readonly<Record<string, (t: TestContext, world: LiveWorld, act: Act) => Act | undefined>> = {
  'before the account is followed': (_t, _world, act) => act,
  'while the news of all nodes is waited for': (_t, { feeds }, act) => {
    feeds.onWait = async () => void (await act())
    return undefined
  },
  'while the credentials are read again': (t, { chat }, act) => {
    const { accounts } = chat
    t.mock.method(accounts, 'find', followedBy(accounts.find.bind(accounts), act), { times: 1 })
    return undefined
  },
  'while the membership is read again': (t, { chat }, act) => {
    const { conversations } = chat
    const standing = followedBy(conversations.standing.bind(conversations), act)
    t.mock.method(conversations, 'standing', standing, { times: 1 })
    return undefined
  },
  'while the presence begins': (t, { chat }, act) => {
    const { presence } = chat
    t.mock.method(presence, 'connect', followedBy(presence.connect.bind(presence), act), { times: 1 })
    return undefined
  },
}

/** Ben on his way into the conversation. Something happens at that moment. */
async function openWhile(
  t: TestContext,
  moment: (typeof MOMENTS)[string],
  act: (world: LiveWorld, connection: TestConnection) => Promise<unknown>,
): Promise<Opening> {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  const { conversationId } = world.conversation
  const pending: PendingJoin = live.conversations.prepareJoin(conversationId)
  const isMember = async () =>
    (await world.chat.conversations.standing(live.accountId, conversationId)) !== undefined
  await moment(t, world, () => act(world, connection))?.()
  const opened = await live.open(() => pending.ready(isMember))
  const hasJoined = live.conversations.join(pending)
  await world.say('hello')
  return { world, connection, opened, hasJoined }
}

async function assertNothingIsHeld({ feeds, isOnline }: LiveWorld, { heard }: TestConnection): Promise<void> {
  assert.deepEqual(heard, [])
  assert.equal(await isOnline(), false)
  assert.equal(feeds.followed, 0)
}

test('a connection hears its conversation, and its account is online, until it ends', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  const pending = live.conversations.prepareJoin(world.conversation.conversationId)
  assert.equal(await live.open(() => pending.ready()), 'live')
  assert.equal(live.conversations.join(pending), true)
  await world.say('hello')
  assert.deepEqual(connection.heard, ['hello'])
  assert.equal(await world.isOnline(), true)
  await connection.end()
  await world.say('goodbye')
  assert.deepEqual(connection.heard, ['hello'])
  assert.equal(await world.isOnline(), false)
  assert.equal(world.feeds.followed, 0)
})

test('an account is followed once however many connections it has, and is online until the last ends', async (t) => {
  const { connect, feeds, isOnline } = await liveWorld(t)
  const all = [connect(), connect(), connect()]
  for (const { live } of all) await live.open()
  assert.equal(feeds.followed, 1)
  for (const { connection } of all) {
    assert.equal(await isOnline(), true)
    assert.equal(feeds.followed, 1)
    await connection.end()
  }
  assert.equal(await isOnline(), false)
  assert.equal(feeds.followed, 0)
})

test('a revocation ends every connection that was opened before, and none that came after', async (t) => {
  const world = await liveWorld(t)
  const { accountId } = world.people.ben
  const before = [world.connect(), world.connect()]
  for (const { live } of before) await live.open()
  await world.chat.credentials.revoke(accountId)
  for (const { connection } of before) assert.deepEqual(connection.log, ['revoked'])
  await until('nobody online', async () => !(await world.isOnline()))
  const account = await world.chat.accounts.find(accountId)
  const later = world.connect(account)
  assert.equal(await later.live.open(), 'live')
  const { credentialsSince = 0 } = account ?? {}
  later.live.receive({ type: 'account.revoked', accountId, credentialsSince }, undefined)
  assert.deepEqual(later.connection.log, [])
})

for (const [when, moment] of Object.entries(MOMENTS)) {
  describe(when, () => {
    test('a revocation is noticed, and nothing is held', async (t) => {
      const { world, connection, opened, hasJoined } = await openWhile(t, moment, ({ chat, people }) =>
        chat.credentials.revoke(people.ben.accountId),
      )
      assert.deepEqual([opened, hasJoined], ['revoked', false])
      await assertNothingIsHeld(world, connection)
    })

    test('a leaving cancels the join, and the connection lives', async (t) => {
      const { world, connection, opened, hasJoined } = await openWhile(t, moment, (it) =>
        it.chat.conversations.leave(it.people.ben.accountId, it.conversation),
      )
      assert.deepEqual([opened, hasJoined], ['live', false])
      assert.deepEqual(connection.heard, [])
      assert.equal(await world.isOnline(), true)
    })

    test('the end of the connection gives everything back', async (t) => {
      const ends: Promise<void>[] = []
      // Not awaited there: an end waits for a presence that is about to begin.
      const { world, connection, opened, hasJoined } = await openWhile(t, moment, async (_world, it) => {
        ends.push(it.end())
      })
      assert.deepEqual([opened, hasJoined], ['ended', false])
      await Promise.all(ends)
      assert.equal(ends.length, 1)
      await assertNothingIsHeld(world, connection)
    })
  })
}

test('a connection that ended before its account was known holds nothing', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  connection.hasEnded = true
  assert.equal(await live.open(() => live.conversations.joinAll()), 'ended')
  await live.conversations.ensure(world.conversation.conversationId)
  await world.say('hello')
  await assertNothingIsHeld(world, connection)
})

test('a presence that cannot begin is refused, and everything given back', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  const away = new Error('the database is away')
  t.mock.method(world.store.contacts, 'list', () => Promise.reject(away), { times: 1 })
  await assert.rejects(
    live.open(() => live.conversations.joinAll()),
    away,
  )
  await connection.end()
  await world.say('hello')
  await assertNothingIsHeld(world, connection)
})

test('an end while a presence fails to begin settles, and the opening alone reports the failure', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  const away = new Error('the database is away')
  const ends: Promise<void>[] = []
  const list = async () => {
    ends.push(connection.end())
    throw away
  }
  t.mock.method(world.store.contacts, 'list', list, { times: 1 })
  await assert.rejects(live.open(), away)
  await Promise.all(ends)
  assert.equal(ends.length, 1)
  await assertNothingIsHeld(world, connection)
})

test('a connection that is absent hears on, and nobody is online by it', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  await live.open(() => live.conversations.joinAll())
  connection.isAbsent = true
  await live.goAbsent()
  assert.equal(await world.isOnline(), false)
  await world.say('hello')
  assert.deepEqual(connection.heard, ['hello'])
})

test('a connection that is absent before its account is known is never online', async (t) => {
  const world = await liveWorld(t)
  const { connection, live } = world.connect()
  connection.isAbsent = true
  assert.equal(await live.open(), 'live')
  assert.equal(await world.isOnline(), false)
})
