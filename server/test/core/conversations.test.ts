import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationId } from '../../src/core/chat.ts'
import { chatWith } from '../support/chat.ts'

test('two people have one private conversation, whoever opens it and however often', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob')
  const [alice, bob] = [people.alice.accountId, people.bob.accountId]
  const opened = await Promise.all([
    chat.conversations.openPrivate(alice, bob),
    chat.conversations.openPrivate(bob, alice),
    chat.conversations.openPrivate(alice, bob),
  ])
  assert.equal(new Set(opened.map(({ conversation }) => conversation.conversationId)).size, 1)
  assert.equal(opened.filter(({ isNew }) => isNew).length, 1)
  await assert.rejects(async () => chat.conversations.openPrivate(alice, alice), { code: 'with_yourself' })
})

test('entering an open conversation makes a member; a private or group one looks absent', async (t) => {
  const { chat, people, eventsOf, newsFor } = await chatWith(t, 'alice', 'bob', 'eve')
  const [alice, bob] = [people.alice.accountId, people.bob.accountId]
  const { conversation: open } = await chat.conversations.createOpen(alice, null)
  const [events, news] = [eventsOf(open.conversationId), newsFor(people.eve)]
  const standing = await chat.conversations.enter(people.eve, open)
  assert.equal(standing.member?.accountId, people.eve.accountId)
  await chat.conversations.enter(people.eve, open)
  assert.deepEqual(
    events.map(({ type }) => type),
    ['member.joined'],
    'entering twice is joining once',
  )
  assert.deepEqual(
    news.map(({ type }) => type),
    ['account.joined'],
  )
  const { conversation: closed } = await chat.conversations.openPrivate(alice, bob)
  const { conversation: group } = await chat.conversations.createGroup(alice, [bob], 'friends')
  for (const conversation of [closed, group]) {
    await assert.rejects(chat.conversations.enter(people.eve, conversation), { code: 'unknown_conversation' })
    assert.equal(
      await chat.conversations.standing(people.eve.accountId, conversation.conversationId),
      undefined,
    )
  }
})

test('nobody can bring in a guest, a blocker, or anyone when not a member', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob', 'eve')
  const [alice, bob, eve] = [people.alice.accountId, people.bob.accountId, people.eve.accountId]
  const guest = await chat.accounts.admitGuest('guest')
  await chat.contacts.block(bob, alice)
  const unknown = { code: 'unknown_account' }
  await assert.rejects(chat.conversations.createGroup(alice, [guest.accountId], null), unknown)
  await assert.rejects(chat.conversations.createGroup(alice, [bob], null), unknown)
  await assert.rejects(chat.conversations.openPrivate(alice, bob), unknown)
  await assert.rejects(chat.conversations.openPrivate(alice, guest.accountId), unknown)
  const { conversation } = await chat.conversations.createGroup(alice, [], 'mine')
  const { conversationId } = conversation
  await assert.rejects(chat.conversations.add(eve, conversationId, eve), { code: 'not_a_member' })
  await assert.rejects(chat.conversations.add(alice, conversationId, bob), unknown)
  await chat.conversations.add(alice, conversationId, eve)
  assert.ok(await chat.conversations.standing(eve, conversationId))
})

test('every change of a conversation takes the next number, messages the next seq too', async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'alice', 'bob')
  const { alice, bob } = people
  const { conversation } = await chat.conversations.createOpen(alice.accountId, 'series')
  const { conversationId } = conversation
  const events = eventsOf(conversationId)
  const entered = await chat.conversations.enter(bob, conversation)
  const mine = await chat.conversations.enter(alice, conversation)
  const sends = Array.from({ length: 20 }, (_, i) =>
    i % 2
      ? chat.messages.send(bob, entered, { body: `b${i}` })
      : chat.messages.send(alice, mine, { body: `a${i}` }),
  )
  const [first] = await Promise.all(sends)
  assert.ok(first)
  await Promise.all([
    chat.messages.delete(alice.accountId, first.messageId),
    chat.conversations.leave(bob.accountId, conversation),
    chat.messages.send(alice, mine, { body: 'last' }),
  ])
  const changes = events.flatMap((event) => ('change' in event ? [event.change] : []))
  assert.deepEqual(
    changes,
    Array.from({ length: 24 }, (_, i) => i + 2),
    'creation was change 1; events leave in commit order',
  )
  const seqs = events.flatMap((event) => (event.type === 'message.sent' ? [event.message.seq] : []))
  assert.deepEqual(
    seqs,
    Array.from({ length: 21 }, (_, i) => i + 1),
  )
})

test('a repeated client id returns the first message and tells nobody', async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'alice')
  const { conversation } = await chat.conversations.createGroup(people.alice.accountId, [], null)
  const events = eventsOf(conversation.conversationId)
  const standing = await standingOf(chat, people.alice.accountId, conversation.conversationId)
  const drafts = ['once', 'twice', 'thrice'].map((body) =>
    chat.messages.send(people.alice, standing, { body, clientId: 'c1' }),
  )
  const sent = await Promise.all(drafts)
  assert.deepEqual(
    sent.map(({ body, seq }) => [body, seq]),
    [
      ['once', 1],
      ['once', 1],
      ['once', 1],
    ],
  )
  assert.equal(events.length, 1)
})

test('refuses to send: not a member, blocked, too long, in reply to what is not there', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob')
  const { alice, bob } = people
  const { conversation } = await chat.conversations.openPrivate(alice.accountId, bob.accountId)
  const standing = await standingOf(chat, alice.accountId, conversation.conversationId)
  const send = (draft: Parameters<typeof chat.messages.send>[2]) => async () =>
    chat.messages.send(alice, standing, draft)
  await assert.rejects(send({ body: 'é'.repeat(51) }), { code: 'message_too_long' })
  await assert.rejects(send({ body: 'x', replyTo: 99 as never }), { code: 'unknown_reply' })
  const stranger = { ...standing, member: null }
  await assert.rejects(async () => chat.messages.send(alice, stranger, { body: 'x' }), {
    code: 'not_a_member',
  })
  await chat.contacts.block(bob.accountId, alice.accountId)
  await assert.rejects(
    send({ body: 'stale standing' }),
    { code: 'message_refused' },
    'the store checks again at commit',
  )
})

test('a deleted message is gone from history and cannot be replied to; only its sender may delete it', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob', 'eve')
  const { alice, bob, eve } = people
  const { conversation } = await chat.conversations.openPrivate(alice.accountId, bob.accountId)
  const { conversationId } = conversation
  const standing = await standingOf(chat, alice.accountId, conversationId)
  const { messageId } = await chat.messages.send(alice, standing, { body: 'regret' })
  await assert.rejects(chat.messages.delete(bob.accountId, messageId), { code: 'not_the_owner' })
  await assert.rejects(chat.messages.delete(eve.accountId, messageId), { code: 'unknown_message' })
  await chat.messages.delete(alice.accountId, messageId)
  assert.deepEqual(await chat.messages.list({ conversationId, limit: 10 }), [])
  assert.equal(await chat.messages.find(conversationId, messageId), undefined)
  await assert.rejects(chat.messages.send(alice, standing, { body: 're', replyTo: messageId }), {
    code: 'unknown_reply',
  })
})

test('a private conversation cannot be left', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob')
  const { conversation } = await chat.conversations.openPrivate(people.alice.accountId, people.bob.accountId)
  await assert.rejects(chat.conversations.leave(people.alice.accountId, conversation), {
    code: 'not_a_member',
  })
})

async function standingOf(
  chat: Awaited<ReturnType<typeof chatWith>>['chat'],
  accountId: Parameters<typeof chat.conversations.standing>[0],
  conversationId: ConversationId,
) {
  const standing = await chat.conversations.standing(accountId, conversationId)
  assert.ok(standing)
  return standing
}
