import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatWith } from '../support/chat.ts'

const UNKNOWN = { code: 'unknown_conversation' }

test('an invite brings whoever has its code, for a week', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann', 'bob', 'cy')
  const { ann, bob, cy } = people
  const { conversation } = await chat.conversations.createGroup(ann.accountId, [], null)
  const { conversationId } = conversation
  const { invite, code } = await chat.invites.create(ann.accountId, conversationId)
  assert.equal(invite.maxUses, 100)
  assert.equal(Buffer.from(code, 'base64url').length, 16)
  const member = await chat.invites.join(bob, code)
  assert.deepEqual([member.conversationId, member.role], [conversationId, 'member'])
  await assert.rejects(chat.invites.join(cy, `${code}x`), UNKNOWN)
  clock.advance(7 * 24 * 60 * 60 * 1_000_000)
  await assert.rejects(chat.invites.join(cy, code), UNKNOWN)
})

test('an invite dies with the right of its maker, and comes back with it', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob', 'cy', 'dan')
  const { ann, bob, cy, dan } = people
  const { conversation } = await chat.conversations.createGroup(ann.accountId, [bob.accountId], null)
  const { conversationId } = conversation
  const give = (role: 'admin' | 'moderator') =>
    chat.members.changeRole(ann.accountId, { conversationId, accountId: bob.accountId, role })
  await assert.rejects(chat.invites.create(bob.accountId, conversationId), { code: 'forbidden' })
  await give('admin')
  const { code } = await chat.invites.create(bob.accountId, conversationId)
  await give('moderator')
  await assert.rejects(chat.invites.join(cy, code), UNKNOWN)
  await assert.rejects(chat.invites.list(bob.accountId, conversationId), { code: 'forbidden' })
  await give('admin')
  await chat.invites.join(cy, code)
  await chat.conversations.leave(bob.accountId, conversation)
  await assert.rejects(chat.invites.join(dan, code), UNKNOWN)
})
