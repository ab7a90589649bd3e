import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import { Chat, ChatError, type SessionId } from '../../src/core/chat.ts'
import { LiveAccount, LiveAccounts, openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { audiencesOf, connectionOf, fail, liveWorld, say } from './live-world.ts'
import { WildBus } from './two-nodes.ts'

test('an account that hears all its conversations hears those that it comes to, until it leaves', async (t) => {
  const { chat, people, connect, conversation, say: sayThere } = await liveWorld(t)
  const { connection, live } = connect()
  await live.open(() => live.conversations.joinAll())
  const later = await chat.conversations.createOpen(people.ann.accountId, null)
  await chat.conversations.enter(people.ben, later.conversation)
  await say(chat, people.ann, later.conversation, 'in the later one')
  await sayThere('in the first one')
  assert.deepEqual(connection.heard, ['in the later one', 'in the first one'])
  await chat.conversations.leave(people.ben.accountId, conversation)
  await sayThere('after the leaving')
  assert.deepEqual(connection.heard, ['in the later one', 'in the first one'])
  assert.deepEqual(connection.log, [`left ${conversation.conversationId}`])
})

test('listening to a conversation that is heard already changes nothing', async (t) => {
  const { connect, conversation, say: sayThere } = await liveWorld(t)
  const { connection, live } = connect()
  await live.open()
  await Promise.all([
    live.conversations.ensure(conversation.conversationId),
    live.conversations.ensure(conversation.conversationId),
  ])
  await live.conversations.ensure(conversation.conversationId)
  await sayThere('once')
  assert.deepEqual(connection.heard, ['once'])
})

test('a connection that ends before or while the log is read for it gets what was read, and hears nothing', async (t) => {
  const { connect, conversation, say: sayThere } = await liveWorld(t)
  const { connection, live } = connect()
  await live.open()
  const { conversationId } = conversation
  const during = await live.conversations.joinAfter(conversationId, async () => {
    await connection.end()
    return { lastChange: 7 }
  })
  const after = await live.conversations.joinAfter(conversationId, async () => ({ lastChange: 8 }))
  assert.deepEqual([during.result.lastChange, after.result.lastChange], [7, 8])
  for (const { begin } of [during, after]) begin()
  await sayThere('to nobody')
  assert.deepEqual(connection.heard, [])
})

test('two accounts behind one connection do not leave for each other', async (t) => {
  const { chat, people, liveAccounts, connect, conversation, say: sayThere } = await liveWorld(t)
  const { connection, live: asBen } = connect()
  const asAnn = new LiveAccount(liveAccounts, people.ann, connection)
  for (const live of [asBen, asAnn]) {
    await live.open()
    await live.conversations.ensure(conversation.conversationId)
    const pending = live.conversations.prepareJoin(conversation.conversationId)
    await pending.ready()
    assert.equal(live.conversations.join(pending), true)
  }
  await chat.conversations.leave(people.ben.accountId, conversation)
  await sayThere('to Ann')
  assert.deepEqual(connection.heard, ['to Ann'])
  await asAnn.end()
})

/** Ben at a node that hears nothing of what another does, until it is told that it may have missed something. */
async function missing(t: TestContext) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const bus = new WildBus(fail)
  const parts = { store, clock: systemClock(), maxMessageBytes: 100 }
  const chat = new Chat({ ...parts, bus })
  const other = new Chat({ ...parts, bus: new LocalBus(fail) })
  const feeds = openFeeds({ bus, chat, onError: fail })
  const liveAccounts = new LiveAccounts({ chat, feeds, audiences: audiencesOf(feeds), onError: fail })
  const [ann, ben] = [
    await other.accounts.register({ username: 'ann', password: PASSWORD }),
    await other.accounts.register({ username: 'ben', password: PASSWORD }),
  ]
  const [kept, left] = [
    (await other.conversations.createOpen(ann.accountId, null)).conversation,
    (await other.conversations.createOpen(ann.accountId, null)).conversation,
  ]
  for (const conversation of [kept, left]) await other.conversations.enter(ben, conversation)
  return { bus, chat, other, liveAccounts, ann, ben, kept, left }
}

test('after an outage a connection has left what its account left meanwhile, and hears on in the rest', async (t) => {
  const { bus, chat, other, liveAccounts, ann, ben, kept, left } = await missing(t)
  const { connection, live } = connectionOf(liveAccounts, ben)
  await live.open()
  for (const { conversationId } of [kept, left]) await live.conversations.ensure(conversationId)
  await other.conversations.leave(ben.accountId, left)
  bus.recover()
  await until('the review', () => connection.log.includes('reviewed'))
  assert.deepEqual(connection.log, [`left ${left.conversationId}`, 'reviewed'])
  for (const conversation of [left, kept])
    await say(chat, ann, conversation, `in ${conversation.conversationId}`)
  await until('the rest', () => connection.heard.length > 0)
  assert.deepEqual(connection.heard, [`in ${kept.conversationId}`])
  await connection.end()
})

test('after an outage a connection that hears everything has joined what its account came to meanwhile', async (t) => {
  const { bus, other, liveAccounts, ann, ben } = await missing(t)
  const { connection, live } = connectionOf(liveAccounts, ben)
  await live.open(() => live.conversations.joinAll())
  const { conversation } = await other.conversations.createOpen(ann.accountId, null)
  await other.conversations.enter(ben, conversation)
  await say(other, ann, conversation, 'missed')
  bus.recover()
  await until('what was missed', () => connection.heard.includes('missed'))
  await connection.end()
})

test('after an outage a connection joins what it could not join at once, as soon as the database answers', async (t) => {
  const { bus, chat, other, liveAccounts, ann, ben, left } = await missing(t)
  const { connection, live } = connectionOf(liveAccounts, ben)
  await live.open(() => live.conversations.joinAll())
  const { conversation } = await other.conversations.createOpen(ann.accountId, null)
  await other.conversations.enter(ben, conversation)
  const joining = chat.changes.joining.bind(chat.changes)
  let tries = 0
  chat.changes.joining = async (...asked) => {
    if (++tries > 1) return joining(...asked)
    // No review tells of what changes before the next try.
    await other.conversations.leave(ben.accountId, left)
    throw new ChatError('unavailable')
  }
  bus.recover()
  await until('the review', () => connection.log.includes('reviewed'))
  await say(other, ann, conversation, 'missed')
  await until('what was missed', () => connection.heard.includes('missed'))
  assert.deepEqual([tries, connection.log], [2, ['reviewed', `left ${left.conversationId}`]])
  await connection.end()
})

test('after an outage a join that was on its way is cancelled when the account has left', async (t) => {
  const { bus, other, liveAccounts, ben, left } = await missing(t)
  const { connection, live } = connectionOf(liveAccounts, ben)
  await live.open()
  const pending = live.conversations.prepareJoin(left.conversationId)
  await pending.ready()
  await other.conversations.leave(ben.accountId, left)
  bus.recover()
  await until('the review', () => connection.log.includes('reviewed'))
  assert.equal(live.conversations.join(pending), false)
  await connection.end()
})

test('after an outage a connection whose credentials were revoked meanwhile ends', async (t) => {
  const { bus, chat, other, liveAccounts, ben } = await missing(t)
  const { connection, live } = connectionOf(liveAccounts, ben)
  await live.open()
  await other.credentials.disable(ben.accountId)
  bus.recover()
  await until('the revocation', () => connection.log.includes('revoked'))
  await until('nobody online', async () => !(await chat.presence.isOnline(ben.accountId)))
})

test('a review that is older than the credentials ends no connection', async (t) => {
  const { chat, people, connect } = await liveWorld(t)
  const { accountId } = people.ben
  await chat.credentials.revoke(accountId)
  const { connection, live } = connect(await chat.accounts.find(accountId))
  await live.open()
  const conversationIds = new Set(await chat.conversations.idsOf(accountId))
  const { credentialsSince } = people.ben
  const old = { credentialsSince, conversationIds, sessionIds: new Set<SessionId>(), readSince: 0 }
  live.receive({ type: 'account.reviewed', accountId, ...old, isAfterOutage: true }, undefined)
  assert.deepEqual(connection.log, ['reviewed'])
})
