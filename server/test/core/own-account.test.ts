import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatError, type ConversationId } from '../../src/core/chat.ts'
import { newUuid } from '../../src/lib/ids.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'

test('a profile follows the rules of names, and what is cleared is as it was at first', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob')
  const { accountId } = people.alice
  const news = newsFor(people.alice)
  await chat.profiles.set(accountId, { displayName: ' Alice A. ', bio: 'fox', email: 'a@example.org' })
  const named = await chat.accounts.find(accountId)
  assert.deepEqual([named?.displayName, named?.bio, named?.email], ['Alice A.', 'fox', 'a@example.org'])
  const refused = { code: 'name_refused', details: { field: 'displayName', fault: 'blank' } }
  await assert.rejects(chat.profiles.set(accountId, { displayName: ' ' }), refused)
  const taken = { code: 'email_taken' }
  await assert.rejects(chat.profiles.set(people.bob.accountId, { email: 'A@example.org' }), taken)
  await chat.profiles.set(accountId, { displayName: null, bio: null, email: null })
  const cleared = await chat.accounts.find(accountId)
  assert.deepEqual([cleared?.displayName, cleared?.bio, cleared?.email], ['alice', null, null])
  assert.deepEqual(
    news.map((each) => each.type === 'account.changed' && [each.kind, each.number]),
    [
      ['profile', 1],
      ['profile', 2],
    ],
  )
})

test('settings are any object of at most 8,192 bytes', async (t) => {
  const { chat, people } = await chatWith(t, 'alice')
  const { accountId } = people.alice
  assert.deepEqual(await chat.profiles.settings(accountId), {})
  const settings = { text: 'x'.repeat(8_192 - '{"text":""}'.length) }
  await chat.profiles.setSettings(accountId, settings)
  assert.deepEqual(await chat.profiles.settings(accountId), settings)
  const longer = chat.profiles.setSettings(accountId, { text: `${settings.text}é` })
  await assert.rejects(longer, { code: 'settings_too_long', details: { maxBytes: 8_192 } })
})

test('an account changes its own password, which must be a good one whatever the policy is', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice')
  const { accountId, username } = people.alice
  const news = newsFor(people.alice)
  const change = (next: string, current = PASSWORD) =>
    chat.credentials.changePassword(accountId, { current, next })
  for (const [next, fault] of [
    ['seven77', 'short'],
    ['password1', 'common'],
    ['x'.repeat(1_025), 'long'],
  ] as const)
    await assert.rejects(change(next), (error) => {
      assert.ok(error instanceof ChatError)
      return error.code === 'password_refused' && error.details.fault === fault
    })
  await assert.rejects(change('a better passphrase', 'wrong'), { code: 'wrong_credentials' })
  assert.deepEqual(news, [])
  const credentialsSince = await change('a better passphrase')
  assert.deepEqual(news, [{ type: 'account.revoked', accountId, credentialsSince }])
  const signIn = (password: string) =>
    chat.credentials.authenticate({ login: username, password, by: 'username' })
  await assert.rejects(signIn(PASSWORD), { code: 'wrong_credentials' })
  assert.equal((await signIn('a better passphrase')).credentialsSince, credentialsSince)
})

test('nobody registers a name that begins like those of removed accounts', async (t) => {
  const { chat } = await chatWith(t)
  for (const username of ['deleted-7', 'DELETED-x'])
    await assert.rejects(chat.accounts.register({ username, password: PASSWORD }), {
      code: 'name_refused',
      details: { field: 'username', fault: 'reserved' },
    })
  await chat.accounts.register({ username: 'deleted', password: PASSWORD })
})

test('a removed account leaves its conversations, to an heir where it was the owner, and its messages go', async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'alice', 'bob')
  const [aliceId, bobId] = [people.alice.accountId, people.bob.accountId]
  const group = await chat.conversations.createGroup(aliceId, [bobId], null)
  const left = await chat.conversations.createOpen(bobId, null)
  const { conversation: privately } = await chat.conversations.openPrivate(aliceId, bobId)
  const standing = await chat.conversations.enter(people.alice, left.conversation)
  await chat.messages.send(people.alice, standing, { body: 'from before' })
  await chat.conversations.leave(aliceId, left.conversation)
  for (const { conversationId } of [group.conversation, privately])
    for (const person of [people.alice, people.bob]) {
      const there = await chat.conversations.standing(person.accountId, conversationId)
      assert.ok(there)
      await chat.messages.send(person, there, { body: person.username })
    }
  const events = eventsOf(group.conversation.conversationId)
  const wrong = chat.removals.remove(aliceId, { password: 'wrong', messages: 'delete' })
  await assert.rejects(wrong, { code: 'wrong_credentials' })
  await chat.removals.remove(aliceId, { password: PASSWORD, messages: 'delete' })
  await chat.removals.settled()
  assert.deepEqual(
    events.map(({ type }) => type),
    ['member.left', 'member.changed', 'message.deleted'],
  )
  const bodies = async ({ conversationId }: { conversationId: ConversationId }) =>
    (await chat.messages.list({ conversationId, limit: 9 })).map(({ body }) => body)
  assert.deepEqual(await bodies(group.conversation), ['bob'])
  assert.deepEqual(await bodies(privately), ['bob'])
  assert.deepEqual(await bodies(left.conversation), [])
  assert.deepEqual(await chat.conversations.idsOf(aliceId), [privately.conversationId])
  const toGone = await chat.conversations.standing(bobId, privately.conversationId)
  assert.ok(toGone)
  await assert.rejects(chat.messages.send(people.bob, toGone, { body: 'are you there?' }), {
    code: 'message_refused',
  })
})

test('a removal that an earlier process has left is finished by the next one', async (t) => {
  const { chat, store, people } = await chatWith(t, 'alice', 'bob')
  const { accountId } = people.alice
  const { conversation } = await chat.conversations.createGroup(people.bob.accountId, [accountId], null)
  const standing = await chat.conversations.standing(accountId, conversation.conversationId)
  assert.ok(standing)
  await chat.messages.send(people.alice, standing, { body: 'going' })
  const { passwordHash } = people.alice
  const bonds = { contactIds: [], blockerIds: [], uuid: newUuid(), at: 1 }
  await store.removals.remove({
    ...bonds,
    accountId,
    old: passwordHash ?? '',
    removesMessages: true,
    leavesNotices: false,
  })
  await chat.removals.resume()
  await chat.removals.settled()
  assert.deepEqual(await store.removals.pending(), [])
  const { conversationId } = conversation
  assert.deepEqual(await chat.messages.list({ conversationId, limit: 9 }), [])
  assert.equal(await chat.conversations.standing(accountId, conversationId), undefined)
})
