import assert from 'node:assert/strict'
import type { Account, Conversation } from '../../../src/core/types.ts'
import { MAX_INVITES, type NewInvite } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const invite = async (world: World, to: Conversation, by: Account, facts: Partial<NewInvite> = {}) => {
  const { invite: made } = await world.store.invites.create({
    ...{ conversationId: to.conversationId, byId: by.accountId, seen: { by: 'owner' }, digest: 'code' },
    ...{ at: world.now(), expiresAt: world.now() + 1_000, maxUses: 2, ...facts },
  })
  return made
}

const join = (
  world: World,
  { conversationId }: Conversation,
  { accountId }: Account,
  {
    digest = 'code',
    maker = 'owner',
    at = world.now(),
  }: { digest?: string; maker?: 'owner' | 'admin'; at?: number } = {},
) => world.store.invites.join({ conversationId, accountId, digest, seen: { maker }, at })

export function inviteRules(rule: Rule): void {
  rule('makes a member of whoever has an invite, and counts its uses', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    const group = await world.group(ann)
    const made = await invite(world, group, ann)
    assert.deepEqual([made.makerId, made.maxUses, made.uses], [ann.accountId, 2, 0])
    assert.deepEqual(await world.store.invites.find('code'), { invite: made, makerRole: 'owner' })
    const joined = await join(world, group, bob)
    assert.deepEqual([joined.isNew, joined.member.role, joined.change], [true, 'member', 2])
    assert.equal(joined.touched[0]?.accountId, bob.accountId)
    const again = await join(world, group, bob)
    assert.deepEqual([again.isNew, again.touched], [false, []])
    await join(world, group, cy)
    await refuses(join(world, group, dan), 'unknown_conversation')
    const [listed] = await world.store.invites.list(group.conversationId, { after: 0, limit: 9 })
    assert.equal(listed?.uses, 2)
    assert.equal((await world.conversation(group)).memberCount, 3)
  })

  rule('takes no invite that is absent, elsewhere, expired or revoked, nor anyone banned', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const [open, other] = [await world.open(ann), await world.open(ann)]
    const { inviteId, expiresAt } = await invite(world, open, ann)
    await refuses(join(world, open, bob, { digest: 'other' }), 'unknown_conversation', {})
    await refuses(join(world, other, bob), 'unknown_conversation', {})
    await refuses(join(world, open, bob, { at: expiresAt }), 'unknown_conversation', {})
    await world.join(open, cy)
    await world.expel(open, cy, ann)
    await refuses(join(world, open, cy), 'unknown_conversation', {})
    const revocation = { inviteId, byId: ann.accountId, seen: { by: 'owner' } } as const
    await world.store.invites.revoke({ ...revocation, conversationId: other.conversationId })
    assert.equal((await join(world, open, bob)).isNew, true)
    for (const _ of series(2))
      await world.store.invites.revoke({ ...revocation, conversationId: open.conversationId })
    assert.equal(await world.store.invites.find('code'), undefined)
    await refuses(join(world, open, cy), 'unknown_conversation', {})
  })

  rule('takes no invite whose maker has another role by now, or is gone', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    await invite(world, group, ann)
    await world.changeRole(group, bob, 'owner', ann)
    await refuses(join(world, group, cy), 'conflict')
    await world.leave(group, ann)
    assert.equal((await world.store.invites.find('code'))?.makerRole, null)
    await refuses(join(world, group, cy, { maker: 'admin' }), 'conflict')
  })

  rule('makes and revokes none from a role that no longer holds, nor for a stranger', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    await refuses(invite(world, group, ann, { seen: { by: 'admin' } }), 'conflict')
    await refuses(invite(world, group, bob), 'not_a_member')
    const { inviteId } = await invite(world, group, ann)
    const revocation = { conversationId: group.conversationId, inviteId, byId: ann.accountId }
    await refuses(world.store.invites.revoke({ ...revocation, seen: { by: 'admin' } }), 'conflict')
  })

  rule('brings no guest into a group, forgets what is spent, and lists page by page', async (world) => {
    const ann = await world.account('ann')
    const guest = await world.guest('nick')
    const group = await world.group(ann)
    await invite(world, group, ann, { digest: 'old', expiresAt: 1 })
    for (const n of series(3)) await invite(world, group, ann, { digest: `${n}` })
    await refuses(join(world, group, guest, { digest: '1' }), 'unknown_account')
    const list = async (after: number, limit: number) =>
      (await world.store.invites.list(group.conversationId, { after, limit })).map(({ inviteId }) => inviteId)
    const all = await list(0, 9)
    assert.equal(all.length, 3)
    assert.deepEqual(await list(all[0] ?? 0, 1), all.slice(1, 2))
  })

  rule('makes a hundred live invites of a conversation at most', async (world) => {
    const ann = await world.account('ann')
    const [group, other] = [await world.group(ann), await world.group(ann)]
    const made = await Promise.all(
      series(MAX_INVITES).map((n) => invite(world, group, ann, { digest: `${n}` })),
    )
    await refuses(invite(world, group, ann, { digest: 'more' }), 'rate_limited')
    await invite(world, other, ann, { digest: 'elsewhere' })
    const { conversationId } = group
    const { inviteId } = present(made[0])
    await world.store.invites.revoke({ conversationId, inviteId, byId: ann.accountId, seen: { by: 'owner' } })
    await invite(world, group, ann, { digest: 'more', expiresAt: present(made[0]).expiresAt })
    const later = present(made.at(-1)).expiresAt
    await invite(world, group, ann, { digest: 'later', at: later, expiresAt: later + 1 })
    assert.equal((await world.store.invites.list(conversationId, { after: 0, limit: 999 })).length, 1)
  })

  rule('lets one in by the last use of an invite, of two who come at once', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann)
    await invite(world, group, ann, { maxUses: 1 })
    const results = await Promise.allSettled([join(world, group, bob), join(world, group, cy)])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    assert.equal((await world.conversation(group)).memberCount, 2)
  })
}
