import assert from 'node:assert/strict'
import { type Account, type Conversation, toAccountId, toConversationId } from '../../../src/core/types.ts'
import { present, type Rule, refuses, type World } from '../world.ts'

const namesIn = async ({ store }: World, { conversationId }: Conversation): Promise<readonly string[]> =>
  (await store.members.list(conversationId)).map(({ username }) => username)

const markRead = (world: World, { conversationId }: Conversation, { accountId }: Account, at = world.now()) =>
  world.store.members.markRead({ conversationId, accountId, at })

export function memberRules(rule: Rule): void {
  joinRules(rule)
  addRules(rule)
  leaveRules(rule)
  markRules(rule)
}

function joinRules(rule: Rule): void {
  rule('lets anyone enter an open conversation, guests too', async (world) => {
    const ann = await world.account('ann')
    const guest = await world.guest('nick')
    const open = await world.open(ann)
    const { member, change, isNew } = await world.join(open, guest)
    const { conversationId } = open
    const { joinedAt } = member
    const { accountId, username } = guest
    assert.deepEqual(member, {
      conversationId,
      accountId,
      username,
      role: 'member',
      joinedAt,
      lastReadAt: null,
      lastReadSeq: 0,
    })
    assert.deepEqual({ change, isNew }, { change: 2, isNew: true })
    const after = { ...open, updatedAt: joinedAt, activityAt: joinedAt, lastChange: 2, memberCount: 2 }
    assert.deepEqual(await world.conversation(open), after)
    assert.deepEqual(await namesIn(world, open), ['ann', 'nick'])
  })

  rule('finds the membership of one who is already there, and changes nothing', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    const first = await world.join(open, bob)
    const before = await world.conversation(open)
    assert.deepEqual(await world.join(open, bob), { ...first, isNew: false, touched: [] })
    assert.deepEqual(await world.join(open, bob, ann), { ...first, isNew: false, touched: [] })
    assert.deepEqual(await world.conversation(open), before)
  })

  rule('keeps those who were not asked out of groups and private conversations', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const nowhere = { ...(await world.group(ann)), conversationId: toConversationId(99) }
    for (const conversation of [await world.group(ann, bob), await world.private(ann, bob), nowhere])
      await refuses(world.join(conversation, cy), 'unknown_conversation')
  })

  rule('keeps the disabled and the unknown out', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    await world.disable(bob)
    await refuses(world.join(open, bob), 'unknown_account', { accountId: bob.accountId })
    await refuses(world.join(open, { ...bob, accountId: toAccountId(99) }), 'unknown_account')
  })

  rule('leaves the activity of a conversation with messages to the messages', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    const { message } = await world.send(open, ann, 'hello')
    const { member } = await world.join(open, bob)
    const { activityAt, updatedAt } = await world.conversation(open)
    assert.deepEqual({ activityAt, updatedAt }, { activityAt: message.sentAt, updatedAt: member.joinedAt })
  })
}

function addRules(rule: Rule): void {
  rule('lets a member bring another into a group', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const { isNew, change } = await world.join(group, cy, bob)
    assert.deepEqual({ isNew, change }, { isNew: true, change: 2 })
    assert.deepEqual(await namesIn(world, group), ['ann', 'bob', 'cy'])
  })

  rule('lets nobody but a member bring others', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    await refuses(world.join(group, cy, cy), 'not_a_member')
    await world.leave(group, bob)
    await refuses(world.join(group, cy, bob), 'not_a_member')
    await refuses(world.join(group, ann, bob), 'not_a_member')
  })

  rule('lets nobody into a private conversation', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    await refuses(world.join(await world.private(ann, bob), cy, ann), 'not_a_member')
  })

  rule('brings no guest, nobody disabled and nobody who blocked the one who brings', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const guest = await world.guest('nick')
    const group = await world.group(ann)
    const open = await world.open(ann)
    await world.block(bob, ann)
    await world.disable(cy)
    for (const { accountId, ...account } of [guest, bob, cy])
      await refuses(world.join(group, { accountId, ...account }, ann), 'unknown_account', { accountId })
    await refuses(world.join(open, bob, ann), 'unknown_account', { accountId: bob.accountId })
    assert.equal((await world.join(open, guest, ann)).isNew, true)
    assert.equal((await world.join(open, bob)).isNew, true)
  })
}

function leaveRules(rule: Rule): void {
  rule('ends a membership as a change of its own, and lets it begin anew', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const open = await world.open(ann)
    await world.join(open, bob)
    await world.join(open, cy)
    assert.equal((await world.leave(open, bob)).change, 4)
    assert.deepEqual(await namesIn(world, open), ['ann', 'cy'])
    assert.equal((await world.conversation(open)).lastChange, 4)
    const { member, change } = await world.join(open, bob)
    assert.deepEqual([change, member.lastReadAt, member.lastReadSeq], [5, null, 0])
    assert.deepEqual(await namesIn(world, open), ['ann', 'cy', 'bob'])
  })

  rule('moves the time of the last update when someone leaves', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await world.leave(group, bob)
    const { updatedAt, activityAt } = await world.conversation(group)
    assert.ok(updatedAt > group.updatedAt)
    assert.equal(activityAt, updatedAt)
  })

  rule('refuses to end what is not', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    await refuses(world.leave(group, bob), 'not_a_member')
    await refuses(world.leave({ ...group, conversationId: toConversationId(99) }, ann), 'not_a_member')
    await refuses(world.leave(await world.private(ann, bob), ann), 'not_a_member')
  })

  rule('takes everything away from a member that left', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const { message } = await world.send(group, bob, 'hello')
    await world.leave(group, bob)
    await refuses(world.send(group, bob, 'still here'), 'not_a_member')
    await refuses(world.delete(message.messageId, bob), 'unknown_message')
    await refuses(markRead(world, group, bob), 'not_a_member')
    assert.deepEqual(await world.store.conversations.idsOf(bob.accountId), [])
    assert.equal(await world.store.conversations.findListing(bob.accountId, conversationId), undefined)
    assert.equal(
      present(await world.store.conversations.standing(bob.accountId, conversationId)).member,
      null,
    )
    assert.deepEqual(await world.bodies(group), ['hello'])
  })
}

function markRules(rule: Rule): void {
  rule('marks everything so far as read, and never moves back', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    await world.send(group, ann, 'one')
    await world.send(group, ann, 'two')
    const at = world.now()
    await markRead(world, group, ann, at)
    await markRead(world, group, ann, at - 5)
    const [member] = await world.store.members.list(group.conversationId)
    assert.deepEqual([member?.lastReadAt, member?.lastReadSeq], [at, 2])
    assert.equal((await world.conversation(group)).lastChange, 3)
  })

  rule('refuses the read mark of a stranger', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await refuses(markRead(world, await world.group(ann), bob), 'not_a_member')
  })

  rule('remembers the conversation an account is in', async (world) => {
    const ann = await world.account('ann')
    const { conversationId } = await world.open(ann)
    await world.store.members.setCurrent(ann.accountId, conversationId)
    const current = async () => present(await world.store.accounts.find(ann.accountId)).currentConversationId
    assert.equal(await current(), conversationId)
    await world.store.members.setCurrent(ann.accountId, null)
    assert.equal(await current(), null)
  })
}
