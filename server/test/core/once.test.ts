import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chat, type Once } from '../../src/core/chat.ts'
import { chatWith } from '../support/chat.ts'

const REUSED = { code: 'idempotency_key_reused' }
const once = (key: string, digest = 'body'): Once => ({ key, operation: 'POST', digest })

test('a repeated request creates no second conversation, tells nobody, and says the same', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'ann', 'bob')
  const [annId, bobId] = [people.ann.accountId, people.bob.accountId]
  const news = newsFor(people.bob)
  const requests = [
    () => chat.conversations.createGroup(annId, [bobId], 'Group', once('group')),
    () => chat.conversations.createOpen(annId, 'Open', { isListed: true, once: once('open') }),
    () => chat.conversations.openPrivate(annId, bobId, once('private')),
  ]
  for (const request of requests) {
    const first = await request()
    const told = news.length
    const again = await request()
    assert.deepEqual([first.isNew, first.isRepeat], [true, false])
    assert.deepEqual([again.isNew, again.isRepeat], [true, true])
    assert.deepEqual(again.conversation, first.conversation)
    assert.equal(news.length, told)
  }
  assert.equal((await chat.conversations.idsOf(annId)).length, 3)
})

test('a key of one kind of request is not one of another, whatever the caller calls them', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob')
  const [annId, bobId] = [people.ann.accountId, people.bob.accountId]
  const { conversation } = await chat.conversations.createGroup(annId, [], null, once('k'))
  const { conversation: other } = await chat.conversations.createGroup(annId, [], null)
  await assert.rejects(chat.conversations.createOpen(annId, null, { once: once('k') }), REUSED)
  await assert.rejects(chat.conversations.openPrivate(annId, bobId, once('k')), REUSED)
  await assert.rejects(chat.invites.create(annId, conversation.conversationId, { once: once('k') }), REUSED)
  await chat.invites.create(annId, conversation.conversationId, { once: once('i') })
  await assert.rejects(chat.invites.create(annId, other.conversationId, { once: once('i') }), REUSED)
  await assert.rejects(chat.conversations.createGroup(annId, [], null, once('k', 'other')), REUSED)
})

test('a repeated request for an invite shows the code once more, which nobody else can make', async (t) => {
  const { chat, store, bus, clock, people } = await chatWith(t, 'ann', 'bob')
  const annId = people.ann.accountId
  const { conversation } = await chat.conversations.createGroup(annId, [], null)
  const { conversationId } = conversation
  const first = await chat.invites.create(annId, conversationId, { once: once('k') })
  assert.equal(Buffer.from(first.code, 'base64url').length, 16)
  await chat.invites.join(people.bob, first.code)
  const again = await chat.invites.create(annId, conversationId, { once: once('k') })
  const { inviteId } = first.invite
  assert.deepEqual(again, { ...first, invite: { ...first.invite, inviteId, uses: 1 }, isRepeat: true })
  const other = await chat.invites.create(annId, conversationId, { once: once('K') })
  assert.notEqual(other.code, first.code)
  // A server that was given the database without the secrets of this one.
  const stranger = new Chat({ store, bus, clock, maxMessageBytes: 100 })
  await assert.rejects(stranger.invites.create(annId, conversationId, { once: once('k') }), REUSED)
})

test('servers with the same secret make the same codes', async (t) => {
  const { store, bus, clock, people } = await chatWith(t, 'ann')
  const annId = people.ann.accountId
  const [one, two] = ['one', 'two'].map(
    () => new Chat({ store, bus, clock, maxMessageBytes: 100, inviteCodeKey: 'secret' }),
  )
  assert.ok(one && two)
  const { conversation } = await one.conversations.createGroup(annId, [], null)
  const asked = [one, two].map(({ invites }) =>
    invites.create(annId, conversation.conversationId, { once: once('k') }),
  )
  const [first, second] = await Promise.all(asked)
  assert.equal(first?.code, second?.code)
  assert.deepEqual([first?.isRepeat, second?.isRepeat], [false, true])
})

test('a key is of any length and of any characters', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  for (const key of ['', '\0', '\ud800', 'x'.repeat(1_000_000)]) {
    const ask = () => chat.conversations.createGroup(accountId, [], null, once(key))
    const [first, again] = [await ask(), await ask()]
    assert.equal(again.isRepeat, true)
    assert.equal(again.conversation.conversationId, first.conversation.conversationId)
  }
})
