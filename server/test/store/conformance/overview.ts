import assert from 'node:assert/strict'
import { toSessionId } from '../../../src/core/types.ts'
import { newUuid } from '../../../src/lib/ids.ts'
import type { Rule, World } from '../world.ts'

const ALL = { after: 0, limit: 99 }
const TTL = 1_000_000

/** One account of each status, in the order of their names here. */
async function everyStatus(world: World) {
  const [ann, off] = await world.accounts('ann', 'off')
  const guest = await world.guest('guest')
  const gone = await world.account('gone')
  await world.disable(off)
  const at = world.now()
  await world.store.removals.remove({
    ...{
      accountId: gone.accountId,
      uuid: newUuid(),
      old: gone.passwordHash ?? '',
      removesMessages: false,
      leavesNotices: false,
    },
    ...{ contactIds: [], blockerIds: [], at },
  })
  return { ann, off, guest, gone }
}

export function overviewRules(rule: Rule): void {
  rule('shows an operator every account, with its status', async (world) => {
    const { ann } = await everyStatus(world)
    const accounts = await world.store.overview.accounts(ALL)
    assert.deepEqual(
      accounts.map(({ status }) => status),
      ['active', 'disabled', 'guest', 'removed'],
    )
    const { accountId, username, displayName, email, createdAt, lastSeenAt } = ann
    assert.deepEqual(accounts[0], {
      ...{ accountId, username, displayName, email, createdAt, lastSeenAt, status: 'active', isAdmin: false },
    })
  })

  rule('shows accounts and conversations in pages, by their ids', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [first, second] = [await world.group(ann, bob), await world.group(bob, ann)]
    const { overview } = world.store
    const names = (await overview.accounts({ after: ann.accountId, limit: 1 })).map((each) => each.username)
    assert.deepEqual(names, ['bob'])
    const after = first.conversationId
    const ids = (await overview.conversations({ after, limit: 5 })).map((each) => each.conversationId)
    assert.deepEqual(ids, [second.conversationId])
  })

  rule('shows of a conversation how many members it has and messages it had', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    await world.send(group, ann, 'one')
    const { message } = await world.send(group, ann, 'two')
    await world.delete(message.messageId, ann)
    await world.leave(group, cy)
    const [shown] = await world.store.overview.conversations(ALL)
    const { conversationId, gid, kind, name, createdAt } = group
    assert.deepEqual(
      { ...shown, activityAt: 0 },
      { conversationId, gid, kind, name, createdAt, activityAt: 0, members: 2, messages: 2 },
    )
  })

  rule('shows of an account what it has, and its sessions of all kinds while they live', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await world.send(group, ann, 'hers')
    await world.send(group, bob, 'his')
    const at = world.now()
    const lives = { at, expiresAt: at + TTL, max: 3 }
    await world.session(ann, 'one', { ...lives, kind: 'native', device: 'phone' })
    await world.session(ann, 'two', { ...lives, at: at + 1, kind: 'rooms' })
    await world.session(ann, 'old', { ...lives, expiresAt: at + 1, kind: 'native' })
    await world.session(bob, 'his', { ...lives, kind: 'native' })
    const { overview } = world.store
    const shown = await overview.sessions(ann.accountId, at + 1)
    assert.deepEqual(
      shown.map(({ sessionId, kind, device }) => [sessionId, kind, device]),
      [
        [toSessionId('two'), 'rooms', null],
        [toSessionId('one'), 'native', 'phone'],
      ],
    )
    const belongings = await overview.belongings(ann.accountId, at + 1)
    assert.deepEqual(belongings, {
      ...{ conversations: 1, contacts: 0, messages: 1 },
      ...{ sessions: 2, files: 0, fileBytes: 0 },
    })
  })

  rule('shows the invites of all conversations with their makers, and ends any of them', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [room, group] = [await world.open(ann, 'Room'), await world.group(bob)]
    const { overview, invites } = world.store
    const made = await Promise.all(
      [[room, ann] as const, [group, bob] as const].map(async ([{ conversationId }, { accountId }]) => {
        const wanted = { conversationId, byId: accountId, seen: { by: 'owner' }, maxUses: 3 } as const
        const digest = `code of ${conversationId}`
        const { invite } = await invites.create({ ...wanted, digest, expiresAt: 5, at: world.now() })
        return invite
      }),
    )
    const [first, second] = made
    assert.ok(first && second)
    assert.deepEqual(await overview.invites(ALL), [
      { ...first, name: 'Room', maker: 'ann' },
      { ...second, name: null, maker: 'bob' },
    ])
    assert.equal((await overview.invites({ after: first.inviteId, limit: 9 })).length, 1)
    assert.equal(await invites.end(first.inviteId), true)
    assert.equal(await invites.end(first.inviteId), false)
    assert.deepEqual(
      (await overview.invites(ALL)).map(({ inviteId }) => inviteId),
      [second.inviteId],
    )
  })

  rule('counts everything that there is', async (world) => {
    const empty = await world.store.overview.totals(world.now())
    const { databaseBytes, ...nothing } = empty
    assert.ok(databaseBytes > 0)
    const none = { sessions: 0, files: 0, fileBytes: 0 }
    assert.deepEqual(nothing, {
      accounts: { active: 0, guest: 0, disabled: 0, removed: 0 },
      conversations: { private: 0, group: 0, open: 0 },
      ...{ messages: 0, ...none },
    })
    const { ann } = await everyStatus(world)
    await world.send(await world.group(ann), ann, 'one')
    const { accounts, conversations, messages } = await world.store.overview.totals(world.now())
    assert.deepEqual(
      { accounts, conversations, messages },
      {
        accounts: { active: 1, guest: 1, disabled: 1, removed: 1 },
        conversations: { private: 0, group: 1, open: 0 },
        messages: 1,
      },
    )
  })
}
