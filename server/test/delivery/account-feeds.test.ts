import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import { type AccountId, accountTopic, Chat, type ConversationId, toAccountId } from '../../src/core/chat.ts'
import { Conversations } from '../../src/core/conversations.ts'
import { type AccountNews, openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { WildBus } from './two-nodes.ts'

const fail = (error: unknown) => assert.fail(String(error))

/** The lists that the test says are kept back: they come when it lets them go, as they were when asked for. */
class KeptBack extends Conversations {
  kept = 0
  /** Most that were being read at once. */
  most = 0
  #reading = 0
  #letGo: Promise<void> | undefined

  next(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#letGo = promise
    return resolve
  }

  override async idsOf(accountId: AccountId): Promise<readonly ConversationId[]> {
    const letGo = this.#letGo
    this.#letGo = undefined
    this.most = Math.max(this.most, ++this.#reading)
    const ids = await super.idsOf(accountId)
    this.#reading--
    if (letGo) this.kept++
    await letGo
    return ids
  }
}

/** Ann at a node that may have missed what another did. */
async function missing(t: TestContext) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const [bus, clock] = [new WildBus(fail), systemClock()]
  const parts = { store, clock, maxMessageBytes: 100 }
  const chat = new Chat({ ...parts, bus })
  /** Another node, of which nothing is heard here. */
  const unheard = new Chat({ ...parts, bus: new LocalBus(fail) })
  const conversations = new KeptBack(store, bus, clock)
  const feeds = openFeeds({ bus, chat: { ...chat, conversations }, onError: fail })
  const ann = await chat.accounts.register({ username: 'ann', password: PASSWORD })
  return { bus, chat, unheard, conversations, feeds, ann }
}

const briefly = (news: AccountNews): string =>
  news.type === 'account.reviewed' ? `member of ${news.conversationIds.size}` : news.type

test('a review that crosses news does not take it back', async (t) => {
  const { bus, chat, conversations, feeds, ann } = await missing(t)
  const heard: AccountNews[] = []
  feeds.followAccount(ann.accountId, (news) => heard.push(news))
  const letGo = conversations.next()
  bus.recover()
  await until('the list of before', () => conversations.kept > 0)
  await chat.conversations.createOpen(ann.accountId, null)
  letGo()
  await until('a review', () => heard.some(({ type }) => type === 'account.reviewed'))
  assert.deepEqual(heard.map(briefly), ['account.joined', 'member of 1'])
})

test('an outage that ends during a review is followed by another review', async (t) => {
  const { bus, unheard, conversations, feeds, ann } = await missing(t)
  const heard: AccountNews[] = []
  feeds.followAccount(ann.accountId, (news) => heard.push(news))
  const letGo = conversations.next()
  bus.recover()
  await until('the list of before', () => conversations.kept > 0)
  await unheard.conversations.createOpen(ann.accountId, null)
  bus.recover()
  letGo()
  await until('the review', () => heard.length > 0)
  assert.deepEqual(heard.map(briefly), ['member of 1'])
})

test('a listener that stops during a review is not told of it', async (t) => {
  const { bus, conversations, feeds, ann } = await missing(t)
  const heard: AccountNews[] = []
  const stop = feeds.followAccount(ann.accountId, (news) => heard.push(news))
  const letGo = conversations.next()
  bus.recover()
  await until('the list', () => conversations.kept > 0)
  stop()
  letGo()
  const others: AccountNews[] = []
  feeds.followAccount(ann.accountId, (news) => others.push(news))
  bus.recover()
  await until('a review for somebody else', () => others.length > 0)
  assert.deepEqual(heard, [])
})

test('after an outage eight accounts are reviewed at a time, and all of them', async (t) => {
  const { bus, conversations, feeds } = await missing(t)
  const reviewed: AccountId[] = []
  for (let accountId = 1; accountId <= 100; accountId++) {
    feeds.followAccount(toAccountId(accountId), (news) => reviewed.push(news.accountId))
  }
  bus.recover()
  await until('all', () => reviewed.length >= 100)
  assert.equal(new Set(reviewed).size, 100)
  assert.equal(conversations.most, 8)
})

test('an account that has left and is back is not told of a leaving that comes late', async (t) => {
  const { bus, chat, unheard, feeds, ann } = await missing(t)
  const { accountId } = ann
  const heard: AccountNews[] = []
  feeds.followAccount(accountId, (news) => heard.push(news))
  const [{ conversation: back }, { conversation: gone }] = [
    await chat.conversations.createOpen(accountId, null),
    await chat.conversations.createOpen(accountId, null),
  ]
  for (const conversation of [back, gone]) await unheard.conversations.leave(accountId, conversation)
  await unheard.conversations.enter(ann, back)
  heard.length = 0
  for (const { conversationId } of [back, gone])
    bus.publish(accountTopic(accountId), { type: 'account.left', accountId, conversationId })
  await until('the other leaving', () => heard.length > 0)
  await chat.conversations.leave(accountId, back)
  await until('the next leaving', () => heard.length > 1)
  const expected = [gone, back].map(({ conversationId }) => ({
    type: 'account.left',
    accountId,
    conversationId,
  }))
  assert.equal(heard.length, expected.length)
  assert.partialDeepStrictEqual(heard, expected)
})
