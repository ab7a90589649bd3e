import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Account, Chat } from '../../src/core/chat.ts'
import { AccountNotices } from '../../src/core/chat.ts'
import { LiveAccounts, openFeeds } from '../../src/delivery/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { until } from '../support/until.ts'
import { audiencesOf, connectionOf, fail, liveWorld } from './live-world.ts'
import { WildBus } from './two-nodes.ts'

const session = async (chat: Chat, { accountId }: Account) =>
  (await chat.sessions.openDetailed(accountId, 'native', { device: null, address: null })).session

/** Ben's connections, each with a session of its own, on one node. */
async function devices(t: TestContext) {
  const world = await liveWorld(t)
  const { chat, people, connect } = world
  const device = async (account: Account = people.ben) => {
    const { sessionId } = await session(chat, account)
    return { sessionId, ...connect(account, sessionId) }
  }
  return { ...world, ben: people.ben, device }
}

test('the end of a session ends the connections that rest on it, and no other', async (t) => {
  const { chat, ben, device, connect } = await devices(t)
  const [ended, other] = [await device(), await device()]
  const second = connect(ben, ended.sessionId)
  const token = connect()
  for (const { live } of [ended, second, other, token]) assert.equal(await live.open(), 'live')
  await chat.sessions.end(ben.accountId, ended.sessionId)
  assert.deepEqual([ended.connection.log, second.connection.log], [['revoked'], ['revoked']])
  assert.deepEqual([other.connection.log, token.connection.log], [[], []])
})

test('one session too many ends the connections of the least recently used', async (t) => {
  const { chat, ben, device } = await devices(t)
  const first = await device()
  await first.live.open()
  for (let n = 0; n < 99; n++) await session(chat, ben)
  assert.deepEqual(first.connection.log, [])
  await session(chat, ben)
  assert.deepEqual(first.connection.log, ['revoked'])
})

for (const [what, revoke] of [
  [
    'ending all other sessions',
    ({ chat, ben }, sessionId) => chat.sessions.endOthers(ben.accountId, sessionId),
  ],
  [
    'changing the password',
    ({ chat, ben }, keep) =>
      chat.credentials.changePassword(ben.accountId, { current: PASSWORD, next: `${PASSWORD}!`, keep }),
  ],
] as readonly [string, (world: Devices, sessionId: Device['sessionId']) => Promise<unknown>][])
  test(`${what} ends every connection but those of the session that asks, for good`, async (t) => {
    const world = await devices(t)
    const { chat, ben, connect, device } = world
    const [kept, other, token] = [await device(), await device(), connect()]
    for (const { live } of [kept, other, token]) assert.equal(await live.open(), 'live')
    await revoke(world, kept.sessionId)
    assert.deepEqual([other.connection.log, token.connection.log], [['revoked'], ['revoked']])
    // A connection that was on its way with what the account was before.
    const late = connect(ben, kept.sessionId)
    assert.equal(await late.live.open(), 'live')
    // The same news once more, as of an operator's command.
    const { credentialsSince = 0 } = (await chat.accounts.find(ben.accountId)) ?? {}
    const news = { type: 'account.revoked', accountId: ben.accountId, credentialsSince } as const
    for (const { live } of [kept, late]) live.receive(news, undefined)
    assert.deepEqual([kept.connection.log, late.connection.log], [[], []])
    await chat.credentials.revoke(ben.accountId)
    assert.deepEqual([kept.connection.log, late.connection.log], [['revoked'], ['revoked']])
  })

test('a session that ends before its connection is followed leaves nothing open', async (t) => {
  const { chat, ben, device, feeds } = await devices(t)
  for (const end of [
    ({ sessionId }: Device) => chat.sessions.end(ben.accountId, sessionId),
    () => chat.credentials.revoke(ben.accountId),
  ]) {
    const late = await device((await chat.accounts.find(ben.accountId)) ?? ben)
    await end(late)
    assert.equal(await late.live.open(), 'revoked')
    const during = await device((await chat.accounts.find(ben.accountId)) ?? ben)
    feeds.onWait = async () => void (await end(during))
    assert.equal(await during.live.open(), 'revoked')
    feeds.onWait = async () => {}
  }
  assert.equal(feeds.followed, 0)
})

test('another account’s session opens nothing', async (t) => {
  const { chat, people, connect } = await devices(t)
  const { sessionId } = await session(chat, people.ann)
  assert.equal(await connect(people.ben, sessionId).live.open(), 'revoked')
})

test('an outage over, connections end whose session has ended meanwhile, and those of the kept one stay', async (t) => {
  const { chat, ben, people } = await devices(t)
  const bus = new WildBus(fail)
  const feeds = openFeeds({ bus, chat, onError: fail })
  const liveAccounts = new LiveAccounts({ chat, feeds, audiences: audiencesOf(feeds), onError: fail })
  const device = async (account: Account) => {
    const { sessionId } = await session(chat, account)
    return { sessionId, ...connectionOf(liveAccounts, account, sessionId) }
  }
  const [kept, other, ended, hers] = [
    await device(ben),
    await device(ben),
    await device(people.ann),
    await device(people.ann),
  ]
  for (const { live } of [kept, other, ended, hers]) assert.equal(await live.open(), 'live')
  // The bus of these connections hears nothing of what the chat publishes.
  await chat.sessions.endOthers(ben.accountId, kept.sessionId)
  await chat.sessions.end(people.ann.accountId, ended.sessionId)
  for (const { connection } of [kept, other, ended, hers]) connection.log.length = 0
  bus.recover()
  await until('the reviews', () =>
    [kept, other, ended, hers].every(({ connection }) => connection.log.length > 0),
  )
  assert.deepEqual([kept.connection.log, hers.connection.log], [['reviewed'], ['reviewed']])
  assert.deepEqual([other.connection.log, ended.connection.log], [['revoked'], ['revoked']])
})

test('a review that is older than a session does not end it', async (t) => {
  const { device, ben } = await devices(t)
  const readSince = performance.now()
  const { live, connection } = await device()
  const { accountId, credentialsSince } = ben
  const old = { credentialsSince, conversationIds: new Set<never>(), sessionIds: new Set<never>(), readSince }
  const review = { type: 'account.reviewed', accountId, ...old, isAfterOutage: true } as const
  live.receive(review, undefined)
  await live.open()
  live.receive(review, undefined)
  assert.deepEqual(connection.log, ['reviewed', 'reviewed'])
  live.receive({ ...review, readSince: performance.now() }, undefined)
  assert.deepEqual(connection.log, ['reviewed', 'reviewed', 'revoked'])
})

test('the notice of a revocation, which another node reads, ends no connection of the kept session', async (t) => {
  const { chat, store, bus, ben, device, newsFor } = await devices(t)
  const kept = await device()
  await kept.live.open()
  const { tokenTimes } = chat.credentials
  const notices = await AccountNotices.watch({
    store: store.accounts,
    state: store.accountState,
    tokenTimes,
    bus,
    onNews: () => undefined,
  })
  t.after(() => notices.close())
  await chat.sessions.endOthers(ben.accountId, kept.sessionId)
  const news = newsFor(ben)
  await until('the notice', () => news.length > 0)
  assert.partialDeepStrictEqual(news, [{ type: 'account.revoked', keptSessionId: kept.sessionId }])
  assert.deepEqual(kept.connection.log, [])
})

test('the notice of an ended session, of which no news has come, ends its connections alone', async (t) => {
  const { chat, store, ben, device } = await devices(t)
  const bus = new WildBus(fail)
  const feeds = openFeeds({ bus, chat, onError: fail })
  const liveAccounts = new LiveAccounts({ chat, feeds, audiences: audiencesOf(feeds), onError: fail })
  const [ended, other] = await Promise.all(
    [await device(), await device()].map(async ({ sessionId }) => {
      const { live, connection } = connectionOf(liveAccounts, ben, sessionId)
      assert.equal(await live.open(), 'live')
      return { sessionId, log: connection.log }
    }),
  )
  assert.ok(ended && other)
  const { tokenTimes } = chat.credentials
  const notices = await AccountNotices.watch({
    store: store.accounts,
    state: store.accountState,
    tokenTimes,
    bus,
    onNews: () => undefined,
  })
  t.after(() => notices.close())
  await store.sessions.end(ben.accountId, ended.sessionId)
  await until('the end', () => ended.log.includes('revoked'))
  await until('the review of the other', () => other.log.includes('reviewed'))
  assert.equal(other.log.includes('revoked'), false)
})

type Devices = Awaited<ReturnType<typeof devices>>
type Device = Awaited<ReturnType<Devices['device']>>
