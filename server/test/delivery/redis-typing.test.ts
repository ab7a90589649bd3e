import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { TYPING_LEASE_MS, typingTopic } from '../../src/core/chat.ts'
import { openFeeds } from '../../src/delivery/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { twoRedisNodes } from './two-redis-nodes.ts'

// Two nodes on one Redis: who types at one is followed at the other.

const nodes = await startRedisNodes()

async function typistFarAway(t: TestContext) {
  const { cuttable, steady, proxy, ann, conversation, standing } = await twoRedisNodes(t, nodes)
  const { conversationId } = conversation
  const { typing, messages } = cuttable.chat
  const bob = await steady.chat.accounts.register({ username: 'bob', password: PASSWORD })
  await steady.chat.conversations.enter(bob, conversation)
  const feeds = openFeeds({ ...steady, onError: (error) => assert.fail(String(error)) })
  const told: string[] = []
  feeds.followTyping(conversationId, bob.accountId, ({ typist, type }) =>
    told.push(`${typist.username} ${type}`),
  )
  await steady.bus.settled(typingTopic(conversationId))
  return {
    told,
    begin: () => typing.begin(ann, standing),
    end: () => typing.end(ann, conversationId),
    block: () => steady.chat.contacts.block(ann.accountId, bob.accountId),
    send: () => messages.send(ann, standing, { body: 'hello' }),
    proxy,
  }
}

const BEGAN = 'ann typing.began'
const ENDED = 'ann typing.ended'

test('typing at one node is told at another, and so is its end by stopping or sending', async (t) => {
  const { told, begin, end, send } = await typistFarAway(t)
  begin()
  await until('it to be told', () => told.length === 1)
  end()
  await until('the end to be told', () => told.length === 2)
  begin()
  await until('it to be told again', () => told.length === 3)
  await send()
  await until('the message to end it', () => told.length === 4)
  assert.deepEqual(told, [BEGAN, ENDED, BEGAN, ENDED])
})

test('typing ends for one who is blocked at another node than that of the typist', async (t) => {
  const { told, begin, block } = await typistFarAway(t)
  await begin()
  await until('it to be told', () => told.length === 1)
  await block()
  await until('the end to be told', () => told.length === 2)
  assert.deepEqual(told, [BEGAN, ENDED])
})

test('a typist whose node is not heard any more has stopped when the lease is over, and is back with it', async (t) => {
  const { told, begin, proxy } = await typistFarAway(t)
  begin()
  await until('it to be told', () => told.length === 1)
  proxy.cut('stay')
  await until('the lease to end', () => told.length === 2, 2 * TYPING_LEASE_MS)
  assert.deepEqual(told, [BEGAN, ENDED])
  proxy.restore()
  await until(
    'it to be told again',
    () => {
      begin()
      return told.length === 3
    },
    20_000,
  )
  assert.equal(told.at(-1), BEGAN)
})
