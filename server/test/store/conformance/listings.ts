import assert from 'node:assert/strict'
import { type Account, type Conversation, toAccountId, toConversationId } from '../../../src/core/types.ts'
import { present, type Rule, series, type World } from '../world.ts'

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

export function listingRules(rule: Rule): void {
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
    await world.open(bob)
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
  })

  rule("lists the names of all of an account's own, oldest first", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const chat = await world.private(ann, bob)
    const group = await world.group(bob, ann)
    await world.open(bob)
    await world.send(chat, bob, 'hello')
    const names = await world.store.conversations.listNames(ann.accountId)
    const named = async ({ conversationId }: Conversation, otherName: string | null) => {
      const { gid, kind, name, activityAt } = present(await world.store.conversations.find(conversationId))
      return { conversationId, gid, kind, name, activityAt, otherName }
    }
    assert.deepEqual(names, [await named(chat, 'bob'), await named(group, null)])
  })

  rule('lists members in the order they joined, however many they are', async (world) => {
    const people = await Promise.all(series(300).map((n) => world.account(`p${n}`)))
    const [creator, ...others] = people
    // The members do not join in the order of their ids.
    const { conversationId } = await world.group(present(creator), ...others.toReversed())
    const members = await world.store.members.list(conversationId)
    assert.deepEqual(
      members.map(({ accountId }) => accountId),
      [present(creator), ...others.toReversed()].map(({ accountId }) => accountId),
    )
  })
}
