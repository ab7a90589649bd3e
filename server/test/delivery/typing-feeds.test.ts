import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Account, TYPING_LEASE_MS } from '../../src/core/chat.ts'
import { openFeeds } from '../../src/delivery/index.ts'
import { chatWith } from '../support/chat.ts'
import { until } from '../support/until.ts'

const SECOND = 1_000_000

async function groupOf(t: TestContext) {
  const { chat, bus, clock, people } = await chatWith(t, 'ann', 'bob', 'eve')
  const { ann, bob, eve } = people
  const { conversation } = await chat.conversations.createGroup(ann.accountId, [bob.accountId], null)
  const { conversationId } = conversation
  const standing = await chat.conversations.standing(ann.accountId, conversationId)
  assert.ok(standing)
  const errors: unknown[] = []
  const feeds = openFeeds({ bus, chat, onError: (error) => errors.push(error) })
  return {
    ...{ chat, clock, conversation, conversationId, ann, bob, eve, standing, feeds, errors },
    /** Collects typing events that the viewer is told from now on, until `stop`. */
    follow(viewer: Account = bob): { readonly told: string[]; stop(): void } {
      const told: string[] = []
      const stop = feeds.followTyping(conversationId, viewer.accountId, ({ typist, type }) => {
        told.push(`${typist.username} ${type}`)
      })
      return { told, stop }
    },
  }
}

test('typing is told once, however often it is repeated, and so is its end', async (t) => {
  const { chat, clock, ann, standing, conversationId, follow } = await groupOf(t)
  const { told, stop } = follow()
  chat.typing.end(ann, conversationId)
  for (let n = 0; n < 5; n++) {
    await chat.typing.begin(ann, standing)
    clock.advance(SECOND)
  }
  assert.deepEqual(told, ['ann typing.began'])
  chat.typing.end(ann, conversationId)
  chat.typing.end(ann, conversationId)
  assert.deepEqual(told, ['ann typing.began', 'ann typing.ended'])
  stop()
  await chat.typing.begin(ann, standing)
  assert.equal(told.length, 2)
})

test('a message of the typist ends typing, a message of somebody else does not', async (t) => {
  const { chat, ann, bob, standing, conversationId, follow } = await groupOf(t)
  const { told } = follow()
  await chat.typing.begin(ann, standing)
  const ofBob = await chat.conversations.standing(bob.accountId, conversationId)
  assert.ok(ofBob)
  await chat.messages.send(bob, ofBob, { body: 'well?' })
  assert.deepEqual(told, ['ann typing.began'])
  await chat.messages.send(ann, standing, { body: 'yes' })
  assert.deepEqual(told, ['ann typing.began', 'ann typing.ended'])
  await chat.typing.begin(ann, standing)
  assert.equal(told.at(-1), 'ann typing.began')
})

test('typing ends when its lease is over, and goes on while it is repeated', async (t) => {
  const { chat, clock, ann, standing, follow } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pass = (ms: number) => {
    clock.advance(ms * 1_000)
    t.mock.timers.tick(ms)
  }
  const { told } = follow()
  for (let n = 0; n < 5; n++) {
    await chat.typing.begin(ann, standing)
    pass(3_000)
  }
  pass(TYPING_LEASE_MS - 3_001)
  assert.deepEqual(told, ['ann typing.began'])
  pass(1)
  assert.deepEqual(told, ['ann typing.began', 'ann typing.ended'])
  await chat.typing.begin(ann, standing)
  assert.equal(told.at(-1), 'ann typing.began')
})

test('a later follower hears who types already, until nobody follows', async (t) => {
  const { chat, ann, standing, follow } = await groupOf(t)
  const first = follow()
  await chat.typing.begin(ann, standing)
  const second = follow()
  assert.deepEqual(second.told, ['ann typing.began'])
  first.stop()
  second.stop()
  second.stop()
  assert.deepEqual(follow().told, [])
})

test('nobody types where they may not send', async (t) => {
  const { chat, eve, bob, conversation, standing, follow } = await groupOf(t)
  const { told } = follow()
  const notIn = { ...standing, member: null }
  assert.throws(() => chat.typing.begin(eve, notIn), { code: 'not_a_member' })
  const { conversation: pair } = await chat.conversations.openPrivate(eve.accountId, bob.accountId)
  await chat.contacts.block(bob.accountId, eve.accountId)
  const blocked = await chat.conversations.standing(eve.accountId, pair.conversationId)
  assert.ok(blocked)
  assert.throws(() => chat.typing.begin(eve, blocked), { code: 'message_refused' })
  assert.deepEqual(told, [], conversation.gid)
})

test('a listener that throws is reported, and keeps nothing from the others', async (t) => {
  const { chat, ann, standing, conversationId, feeds, follow, errors } = await groupOf(t)
  feeds.followTyping(conversationId, ann.accountId, () => {
    throw new Error('of a listener')
  })
  const { told } = follow()
  await chat.typing.begin(ann, standing)
  assert.deepEqual(told, ['ann typing.began'])
  assert.deepEqual(errors.map(String), ['Error: of a listener'])
})

test('a listener that follows twice is told until it has stopped twice', async (t) => {
  const { chat, ann, standing, conversationId, feeds } = await groupOf(t)
  const told: string[] = []
  const listener = ({ type }: { type: string }) => told.push(type)
  const [first, second] = [
    feeds.followTyping(conversationId, ann.accountId, listener),
    feeds.followTyping(conversationId, ann.accountId, listener),
  ]
  first()
  first()
  await chat.typing.begin(ann, standing)
  second()
  chat.typing.end(ann, conversationId)
  assert.deepEqual(told, ['typing.began'])
})

const BEGAN = 'ann typing.began'
const ENDED = 'ann typing.ended'

test('nobody is told of one who has blocked them, and the others are', async (t) => {
  const { chat, clock, ann, bob, eve, standing, conversation, conversationId, follow } = await groupOf(t)
  await chat.conversations.add(ann.accountId, conversationId, eve.accountId)
  await chat.contacts.block(ann.accountId, bob.accountId)
  const [ofBob, ofEve] = [follow(bob), follow(eve)]
  await chat.typing.begin(ann, standing)
  const late = follow(bob)
  clock.advance(3 * SECOND)
  await chat.typing.begin(ann, standing)
  chat.typing.end(ann, conversationId)
  assert.deepEqual([ofBob.told, late.told], [[], []], conversation.gid)
  assert.deepEqual(ofEve.told, [BEGAN, ENDED])
})

test('one who is blocked by a typist hears that the typing ends, and of the rest nothing', async (t) => {
  const { chat, ann, bob, standing, conversationId, follow } = await groupOf(t)
  const { told } = follow(bob)
  await chat.typing.begin(ann, standing)
  await chat.contacts.block(ann.accountId, bob.accountId)
  await until('the end', () => told.length === 2)
  chat.typing.end(ann, conversationId)
  await chat.typing.begin(ann, standing)
  assert.deepEqual(told, [BEGAN, ENDED])
})

test('one whom a typist no longer blocks is told at once who types', async (t) => {
  const { chat, ann, bob, standing, follow } = await groupOf(t)
  await chat.contacts.block(ann.accountId, bob.accountId)
  const { told } = follow(bob)
  await chat.typing.begin(ann, standing)
  assert.deepEqual(told, [])
  await chat.contacts.unblock(ann.accountId, bob.accountId)
  await until('it to be told', () => told.length === 1)
  assert.deepEqual(told, [BEGAN])
})

test('a block hides the typing of the blocker, and not that of the blocked', async (t) => {
  const { chat, ann, bob, standing, follow } = await groupOf(t)
  await chat.contacts.block(bob.accountId, ann.accountId)
  const { told } = follow(bob)
  await chat.typing.begin(ann, standing)
  assert.deepEqual(told, [BEGAN])
})

test('typing that ends before it is told is not told', async (t) => {
  const { chat, ann, bob, standing, conversationId, follow } = await groupOf(t)
  const { told } = follow(bob)
  const beginning = chat.typing.begin(ann, standing)
  chat.typing.end(ann, conversationId)
  await beginning
  assert.deepEqual(told, [])
})
