import assert from 'node:assert/strict'
import { type Account, toAccountId, toConversationId } from '../../../src/core/types.ts'
import { present, type Rule, refuses, type World } from '../world.ts'

const LATER = Number.MAX_SAFE_INTEGER

const senderOf = ({ accountId, uuid, username, displayName }: Account) => ({
  accountId,
  uuid,
  username,
  displayName,
})

const listedIds = async ({ store }: World, { accountId }: Account, before = LATER, limit = 100) =>
  (await store.conversations.list(accountId, { before, limit })).map(
    ({ conversation }) => conversation.conversationId,
  )

export function conversationRules(rule: Rule): void {
  creationRules(rule)
  privateRules(rule)
  nameRules(rule)
  readingRules(rule)
}

function creationRules(rule: Rule): void {
  rule('creates a conversation with all its members as its first change', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const { conversation, members, isNew } = await world.create('group', [bob, cy, ann], { name: 'The 🦊s' })
    const { conversationId, gid, createdAt } = conversation
    assert.equal(isNew, true)
    assert.deepEqual(conversation, {
      ...{ conversationId, gid, kind: 'group', name: 'The 🦊s', creatorId: bob.accountId },
      ...{ createdAt, updatedAt: createdAt, activityAt: createdAt, lastSeq: 0, lastChange: 1 },
    })
    const member = { conversationId, joinedAt: createdAt, lastReadAt: null, lastReadSeq: 0 }
    assert.deepEqual(
      members,
      [bob, cy, ann].map(({ accountId, username }) => ({ ...member, accountId, username })),
    )
    assert.deepEqual(await world.store.members.list(conversationId), members)
    assert.deepEqual(await world.store.conversations.find(conversationId), conversation)
    assert.deepEqual(await world.store.conversations.findByGid(gid), conversation)
  })

  rule('refuses members who are gone, guests, disabled or have blocked the creator', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    const guest = await world.guest('nick')
    await world.disable(cy)
    await world.block(dan, ann)
    for (const other of [guest, cy, dan, { ...bob, accountId: toAccountId(99) }]) {
      const details = { accountId: other.accountId }
      await refuses(world.create('group', [ann, bob, other]), 'unknown_account', details)
      await refuses(world.create('private', [ann, other]), 'unknown_account', details)
    }
    assert.deepEqual(await world.store.conversations.idsOf(ann.accountId), [])
    assert.deepEqual(await world.store.conversations.idsOf(bob.accountId), [])
  })

  rule('lets a guest open an open conversation and no other', async (world) => {
    const guest = await world.guest('nick')
    const ann = await world.account('ann')
    await world.open(guest)
    await refuses(world.create('group', [guest, ann]), 'unknown_account', { accountId: guest.accountId })
    await refuses(world.create('private', [guest, ann]), 'unknown_account', { accountId: guest.accountId })
  })

  rule('opens nothing for the disabled', async (world) => {
    const ann = await world.account('ann')
    await world.disable(ann)
    await refuses(world.create('open', [ann]), 'unknown_account', { accountId: ann.accountId })
  })
}

function privateRules(rule: Rule): void {
  rule('keeps one private conversation per pair, whoever asks', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const first = await world.create('private', [bob, ann])
    const again = await world.create('private', [ann, bob])
    assert.deepEqual(again, { ...first, isNew: false })
    assert.equal(first.conversation.creatorId, bob.accountId)
    assert.notEqual((await world.private(ann, cy)).conversationId, first.conversation.conversationId)
  })

  rule('hides an existing private conversation from whom the other has blocked', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { conversationId } = await world.private(ann, bob)
    await world.block(bob, ann)
    await refuses(world.create('private', [ann, bob]), 'unknown_account', { accountId: bob.accountId })
    assert.equal((await world.private(bob, ann)).conversationId, conversationId)
  })

  rule('finds an existing private conversation with someone disabled since', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { conversationId } = await world.private(ann, bob)
    await world.disable(bob)
    assert.equal((await world.private(ann, bob)).conversationId, conversationId)
  })
}

function nameRules(rule: Rule): void {
  rule('finds an open conversation by its name, whatever the case', async (world) => {
    const ann = await world.account('ann')
    const open = await world.open(ann, 'Café 🦊')
    assert.deepEqual(await world.store.conversations.findOpenByName('CAFE\u0301 🦊'), open)
    assert.equal(await world.store.conversations.findOpenByName('cafe'), undefined)
  })

  rule('keeps names unique among open conversations only', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await world.create('group', [ann, bob], { name: 'Tea' })
    assert.equal(await world.store.conversations.findOpenByName('tea'), undefined)
    await world.open(ann, 'tea')
    await refuses(world.create('open', [bob], { name: 'TEA' }), 'conversation_name_taken')
    await world.create('group', [ann, bob], { name: 'tea' })
    await world.open(ann)
    await world.open(bob)
  })

  rule("refuses an open name that is some conversation's gid", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await world.create('private', [ann, bob], { gid: 'aBcDeFgH' })
    await refuses(world.create('open', [ann], { name: 'aBcDeFgH' }), 'conversation_name_taken')
    await world.open(ann, 'abcdefgh')
  })

  rule('fails aloud, and stores nothing, when a gid is drawn twice', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await world.create('group', [ann, bob], { gid: 'aBcDeFgH' })
    await assert.rejects(world.create('group', [ann, bob], { gid: 'aBcDeFgH' }))
    assert.equal((await world.store.conversations.idsOf(ann.accountId)).length, 1)
  })
}

function readingRules(rule: Rule): void {
  rule('finds nothing where nothing is', async ({ store }) => {
    const accountId = toAccountId(1)
    const conversationId = toConversationId(1)
    assert.equal(await store.conversations.find(conversationId), undefined)
    assert.equal(await store.conversations.findByGid('aBcDeFgH'), undefined)
    assert.equal(await store.conversations.standing(accountId, conversationId), undefined)
    assert.equal(await store.conversations.findListing(accountId, conversationId), undefined)
    assert.deepEqual(await store.conversations.list(accountId, { before: LATER, limit: 9 }), [])
    assert.deepEqual(await store.members.list(conversationId), [])
  })

  rule('tells a member, a stranger and the blocked where they stand', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const { conversation, members } = await world.create('private', [ann, bob])
    const standing = ({ accountId }: Account) =>
      world.store.conversations.standing(accountId, conversation.conversationId)
    assert.deepEqual(await standing(ann), { conversation, member: members[0], isBlocked: false })
    assert.deepEqual(await standing(cy), { conversation, member: null, isBlocked: false })
    await world.block(bob, ann)
    assert.equal(present(await standing(ann)).isBlocked, true)
    assert.equal(present(await standing(bob)).isBlocked, false)
  })

  rule('does not call a member of a group blocked', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { conversationId } = await world.group(ann, bob)
    await world.block(bob, ann)
    const standing = await world.store.conversations.standing(ann.accountId, conversationId)
    assert.equal(present(standing).isBlocked, false)
  })

  rule('lists a conversation with its last message and, if private, the other member', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const made = await world.private(ann, bob)
    await world.send(made, ann, 'one')
    const { message } = await world.send(made, bob, 'two 🦊')
    const conversation = await world.conversation(made)
    const listing = { conversation, lastMessage: message, other: senderOf(bob) }
    const { conversationId } = made
    assert.deepEqual(await world.store.conversations.findListing(ann.accountId, conversationId), listing)
    const ofBob = await world.store.conversations.findListing(bob.accountId, conversationId)
    assert.deepEqual(ofBob, { ...listing, other: senderOf(ann) })
    assert.deepEqual(await world.store.conversations.list(ann.accountId, { before: LATER, limit: 9 }), [
      listing,
    ])
  })

  rule('lists a group without an other, and no conversation to a stranger', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const conversation = await world.group(ann, bob)
    const { conversationId } = conversation
    const listing = { conversation, lastMessage: null, other: null }
    assert.deepEqual(await world.store.conversations.findListing(ann.accountId, conversationId), listing)
    assert.equal(await world.store.conversations.findListing(cy.accountId, conversationId), undefined)
    assert.deepEqual(await listedIds(world, cy), [])
  })

  rule('lists last activity first, in pages by activity', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const quiet = await world.group(ann, bob)
    const busy = await world.group(ann)
    const joined = await world.open(bob)
    const other = await world.open(bob)
    await world.send(busy, ann, 'hello')
    await world.join(joined, ann)
    assert.deepEqual(
      await listedIds(world, ann),
      [joined, busy, quiet].map(({ conversationId }) => conversationId),
    )
    const { activityAt } = await world.conversation(joined)
    assert.deepEqual(await listedIds(world, ann, activityAt, 1), [busy.conversationId])
    const all = [quiet, busy, joined].map(({ conversationId }) => conversationId)
    assert.deepEqual(await world.store.conversations.idsOf(ann.accountId), all)
    assert.equal((await listedIds(world, bob, LATER, Number.POSITIVE_INFINITY)).length, 3)
    assert.ok(other)
  })
}
