import assert from 'node:assert/strict'
import type { Conversation } from '../../../src/core/types.ts'
import { present, type Rule, refuses, type World } from '../world.ts'

const rolesIn = async (world: World, { conversationId }: Conversation): Promise<readonly string[]> =>
  (await world.store.members.list(conversationId)).map(({ username, role }) => `${username}: ${role}`)

export function exitRules(rule: Rule): void {
  heirRules(rule)
  removalRules(rule)
  banRules(rule)
}

function heirRules(rule: Rule): void {
  rule('gives the role of an owner who leaves to the highest, then to the longest there', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    const group = await world.group(ann, bob, cy, dan)
    await world.changeRole(group, cy, 'moderator', ann)
    const left = await world.leave(group, ann)
    const heir = present(left.heir)
    assert.deepEqual(
      [left.change, heir.change, heir.member.username, heir.member.role],
      [3, 4, 'cy', 'owner'],
    )
    assert.deepEqual(await rolesIn(world, group), ['bob: member', 'cy: owner', 'dan: member'])
    await world.leave(group, cy)
    assert.deepEqual(await rolesIn(world, group), ['bob: owner', 'dan: member'])
    const logged = await world.store.changes.since(group.conversationId, 2, 9)
    assert.deepEqual(
      logged.map((each) => [each.kind, 'accountId' in each && each.accountId, 'byId' in each && each.byId]),
      [
        ['left', ann.accountId, null],
        ['member_changed', cy.accountId, ann.accountId],
        ['left', cy.accountId, null],
        ['member_changed', bob.accountId, cy.accountId],
      ],
    )
  })

  rule('numbers the memberships of the leaver and of the heir', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const key = `${group.conversationId}`
    assert.deepEqual((await world.leave(group, ann)).touched, [
      { accountId: ann.accountId, kind: 'membership', key, number: 2, isGone: true },
      { accountId: bob.accountId, kind: 'membership', key, number: 2, isGone: false },
    ])
  })

  rule('makes no owner of guests and of the disabled, and leaves nobody behind as one', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const guest = await world.guest('nick')
    const open = await world.open(ann)
    for (const account of [guest, bob]) await world.join(open, account)
    await world.disable(bob)
    const { heir } = await world.leave(open, ann)
    assert.equal(heir, null)
    assert.deepEqual(await rolesIn(world, open), ['nick: member', 'bob: member'])
    const alone = await world.open(ann)
    assert.equal((await world.leave(alone, ann)).heir, null)
    await world.join(alone, ann)
    assert.deepEqual(await rolesIn(world, alone), ['ann: member'])
  })

  rule('ends no membership with an heir who inherits no more', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    for (const heir of [cy, null]) await refuses(world.leave(group, ann, heir), 'conflict')
    await refuses(world.leave(group, bob, cy), 'conflict')
    assert.equal((await world.conversation(group)).lastChange, 1)
  })
}

function removalRules(rule: Rule): void {
  rule('takes a membership away as a change of its own, which says who did', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    await world.store.conversations.standing(bob.accountId, conversationId)
    const key = `${conversationId}`
    assert.deepEqual(await world.expel(group, bob, ann), {
      ...{ change: 2, heir: null },
      touched: [{ accountId: bob.accountId, kind: 'membership', key, number: 2, isGone: true }],
    })
    await refuses(world.send(group, bob, 'still here'), 'not_a_member')
    assert.equal((await world.store.conversations.standing(bob.accountId, conversationId))?.member, null)
    const [logged] = await world.store.changes.since(conversationId, 1, 9)
    assert.ok(logged?.kind === 'left')
    assert.deepEqual([logged.accountId, logged.byId], [bob.accountId, ann.accountId])
    assert.equal((await world.conversation(group)).memberCount, 1)
  })

  rule('takes none away from facts that no longer hold', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    await refuses(world.expel(group, bob, ann, { by: 'admin', role: 'member' }), 'conflict')
    await refuses(world.expel(group, bob, ann, { by: 'owner', role: 'admin' }), 'conflict')
    await refuses(world.expel(group, cy, ann), 'not_a_member')
    await refuses(world.expel(group, bob, cy), 'not_a_member')
    assert.deepEqual(await rolesIn(world, group), ['ann: owner', 'bob: member'])
  })

  rule('takes nobody out of a private conversation, whatever facts it is told', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const privately = await world.private(ann, bob)
    await world.block(ann, bob)
    await refuses(world.expel(privately, ann, bob, { by: 'member', role: 'member' }), 'not_a_member')
    await refuses(world.send(privately, bob, 'please'), 'message_refused')
  })

  rule('brings back into a group whoever was removed from it', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    await world.expel(group, bob, ann)
    assert.equal((await world.join(group, bob, cy)).isNew, true)
  })
}

function banRules(rule: Rule): void {
  rule(
    'keeps whoever was removed from an open conversation out of it, as if it were absent',
    async (world) => {
      const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
      const [open, other] = [await world.open(ann), await world.open(ann)]
      for (const account of [bob, cy]) await world.join(open, account)
      await world.expel(open, bob, ann)
      await refuses(world.join(open, bob), 'unknown_conversation')
      await refuses(world.join(open, bob, cy), 'forbidden')
      assert.equal((await world.join(other, bob)).isNew, true)
      assert.deepEqual(await rolesIn(world, open), ['ann: owner', 'cy: member'])
    },
  )

  rule('lets in again whom a moderator lets in, and whoever is added by one', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const open = await world.open(ann)
    for (const account of [bob, cy]) {
      await world.join(open, account)
      await world.expel(open, account, ann)
    }
    await world.liftBan(open, bob, ann)
    await world.liftBan(open, bob, ann)
    assert.equal((await world.join(open, bob)).isNew, true)
    await refuses(world.liftBan(open, cy, cy), 'not_a_member')
    assert.equal((await world.join(open, cy, ann)).isNew, true)
    await world.leave(open, cy)
    assert.equal((await world.join(open, cy)).isNew, true)
  })

  rule('adds nobody from facts that no longer hold', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const add = (seen: { by: 'member' | 'admin'; membersAdd: boolean }) =>
      world.store.members.join({
        ...{ conversationId, accountId: cy.accountId, at: world.now() },
        added: { byId: bob.accountId, seen, liftsBan: false },
      })
    await refuses(add({ by: 'admin', membersAdd: true }), 'conflict', { conversationId })
    await refuses(add({ by: 'member', membersAdd: false }), 'conflict', { conversationId })
    assert.equal((await add({ by: 'member', membersAdd: true })).isNew, true)
  })
}
