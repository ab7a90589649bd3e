import assert from 'node:assert/strict'
import type { Conversation } from '../../../src/core/types.ts'
import { plainOf, type Rule, refuses, type World } from '../world.ts'

const rolesIn = async (world: World, { conversationId }: Conversation): Promise<readonly string[]> =>
  (await world.store.members.list(conversationId)).map(({ username, role }) => `${username}: ${role}`)

export function roleRules(rule: Rule): void {
  rule('makes the creator the owner, unless it is a guest or the conversation private', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const guest = await world.guest('nick')
    assert.deepEqual(await rolesIn(world, await world.group(bob, ann)), ['bob: owner', 'ann: member'])
    assert.deepEqual(await rolesIn(world, await world.open(ann)), ['ann: owner'])
    assert.deepEqual(await rolesIn(world, await world.open(guest)), ['nick: member'])
    assert.deepEqual(await rolesIn(world, await world.private(ann, bob)), ['ann: member', 'bob: member'])
  })

  rule('gives a role as a change of its own, and shows it in every reading', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    // Read once before: what is remembered of a standing must not outlive the role.
    await world.store.conversations.standing(bob.accountId, conversationId)
    const changed = await world.changeRole(group, bob, 'moderator', ann)
    const members = await world.store.members.list(conversationId)
    const [touched] = await world.store.accountState.since(bob.accountId, 1, 9)
    assert.deepEqual(changed, {
      changed: [{ member: members[1], change: 2 }],
      touched: [{ accountId: bob.accountId, ...touched }],
    })
    assert.deepEqual(await rolesIn(world, group), ['ann: owner', 'bob: moderator'])
    const standing = await world.store.conversations.standing(bob.accountId, conversationId)
    assert.equal(standing?.member?.role, 'moderator')
    assert.deepEqual(await world.conversation(group), { ...group, lastChange: 2 })
    const unchanged = await world.changeRole(group, bob, 'moderator', ann)
    assert.deepEqual(unchanged, { changed: [], touched: [] })
    assert.equal((await world.conversation(group)).lastChange, 2)
  })

  rule('hands a conversation over in one go: the owner before is an admin then', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { changed } = await world.changeRole(group, bob, 'owner', ann)
    assert.deepEqual(
      changed.map(({ member, change }) => [member.username, member.role, change]),
      [
        ['bob', 'owner', 2],
        ['ann', 'admin', 3],
      ],
    )
    const logged = await world.store.changes.since(group.conversationId, 1, 9)
    assert.deepEqual(
      logged.map((each) => each.kind === 'member_changed' && [each.accountId, each.byId]),
      [
        [bob.accountId, ann.accountId],
        [ann.accountId, ann.accountId],
      ],
    )
  })

  rule('gives no role from facts that no longer hold', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const give = (to: typeof bob, by: typeof bob, seen: Parameters<World['changeRole']>[4]) =>
      world.changeRole(group, to, 'reader', by, seen)
    await refuses(give(bob, ann, { by: 'admin', role: 'member' }), 'conflict', { conversationId })
    await refuses(give(bob, ann, { by: 'owner', role: 'moderator' }), 'conflict', { conversationId })
    await refuses(give(cy, ann, { by: 'owner', role: 'member' }), 'not_a_member', { conversationId })
    await refuses(give(bob, cy, { by: 'owner', role: 'member' }), 'not_a_member', { conversationId })
    await refuses(
      world.changeRole(group, ann, 'owner', bob, { by: 'member', role: 'owner' }).then(({ changed }) => {
        assert.deepEqual(changed, [])
        return world.changeRole(group, bob, 'owner', bob, { by: 'member', role: 'member' })
      }),
      'conflict',
    )
    assert.deepEqual(await rolesIn(world, group), ['ann: owner', 'bob: member'])
  })

  rule('takes no message and no edit from a reader, until it is a member again', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { message } = await world.send(group, bob, 'one', { clientId: 'c' })
    await world.changeRole(group, bob, 'reader', ann)
    await refuses(world.send(group, bob, 'two'), 'message_refused')
    await refuses(world.edit(message, bob, 'uno'), 'message_refused')
    const again = await world.send(group, bob, 'one', { clientId: 'c' })
    assert.deepEqual([again.isNew, again.message], [false, plainOf(message)])
    await world.changeRole(group, bob, 'member', ann)
    await world.edit(message, bob, 'uno')
    await world.send(group, bob, 'two')
    assert.deepEqual(await world.bodies(group), ['uno', 'two'])
  })

  rule('begins anew as a member, whatever the role before was', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    await world.join(open, bob)
    await world.changeRole(open, bob, 'admin', ann)
    await world.leave(open, bob)
    await world.join(open, bob)
    assert.deepEqual(await rolesIn(world, open), ['ann: owner', 'bob: member'])
  })
}
