import assert from 'node:assert/strict'
import { type Account, toAccountId } from '../../../src/core/types.ts'
import { type Rule, refuses } from '../world.ts'

export function conversationRules(rule: Rule): void {
  creationRules(rule)
  privateRules(rule)
  nameRules(rule)
}

function creationRules(rule: Rule): void {
  rule('creates a conversation with all its members as its first change', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const { conversation, members, isNew } = await world.create('group', [bob, cy, ann], { name: 'The 🦊s' })
    const { conversationId, gid, createdAt } = conversation
    assert.equal(isNew, true)
    assert.deepEqual(conversation, {
      ...{ conversationId, gid, kind: 'group', name: 'The 🦊s', creatorId: bob.accountId },
      ...{ createdAt, updatedAt: createdAt, activityAt: createdAt, lastSeq: 0, lastChange: 1, rewrites: 0 },
      ...{ topic: null, isListed: false, membersAdd: true, firstSeq: 1, memberCount: 3, retentionDays: null },
    })
    const member = { conversationId, joinedAt: createdAt, lastReadAt: null, lastReadSeq: 0 }
    assert.deepEqual(
      members,
      [bob, cy, ann].map(({ accountId, username }) => ({
        ...{ ...member, accountId, username },
        role: username === 'bob' ? 'owner' : 'member',
      })),
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
    assert.deepEqual(again, { ...first, isNew: false, touched: [] })
    assert.equal(first.conversation.creatorId, bob.accountId)
    assert.notEqual((await world.private(ann, cy)).conversationId, first.conversation.conversationId)
  })

  rule('finds the private conversation of a pair, either way, without making one', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const findPrivate = (one: Account, other: Account) =>
      world.store.conversations.findPrivate([one.accountId, other.accountId])
    assert.equal(await findPrivate(ann, bob), undefined)
    await world.group(ann, bob)
    assert.equal(await findPrivate(ann, bob), undefined)
    const conversation = await world.private(ann, bob)
    assert.deepEqual(await findPrivate(ann, bob), conversation)
    assert.deepEqual(await findPrivate(bob, ann), conversation)
  })

  rule('hides an existing private conversation from people whom the other has blocked', async (world) => {
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

  rule('refuses an open name that looks like another, and finds it however it is folded', async (world) => {
    const [ann] = await world.accounts('ann')
    const tea = await world.open(ann, 'Tea Room')
    for (const name of ['Теа Rооm', 'tea\u00a0 room', 'tea\u200b room'])
      await refuses(world.create('open', [ann], { name }), 'conversation_name_taken')
    const { conversations } = world.store
    assert.equal((await conversations.findOpenByName(' TEA  room'))?.conversationId, tea.conversationId)
    assert.equal(await conversations.findOpenByName('Теа Rооm'), undefined)
    await world.create('group', [ann], { name: 'Теа Rооm' })
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
