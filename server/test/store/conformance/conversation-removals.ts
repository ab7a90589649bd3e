import assert from 'node:assert/strict'
import { type Account, type Conversation, toConversationId } from '../../../src/core/types.ts'
import { type Rule, refuses, type World } from '../world.ts'

const stepOf = (world: World, { conversationId }: Pick<Conversation, 'conversationId'>) => ({
  conversationId,
  at: world.now(),
})

const dismiss = (world: World, conversation: Conversation, ...members: readonly Account[]) =>
  world.store.conversationRemovals.dismiss({
    ...stepOf(world, conversation),
    accountIds: members.map(({ accountId }) => accountId),
  })

export function conversationRemovalRules(rule: Rule): void {
  rule('notes which conversations are to be deleted, each once, until that is done', async (world) => {
    const { conversationRemovals } = world.store
    const ann = await world.account('ann')
    const [one, other] = [await world.group(ann), await world.open(ann, 'Room')]
    assert.deepEqual(await conversationRemovals.pending(), [])
    for (const each of [other, one, other]) await conversationRemovals.wish(stepOf(world, each))
    assert.deepEqual(await conversationRemovals.pending(), [one.conversationId, other.conversationId])
    await conversationRemovals.begin(stepOf(world, one))
    await refuses(conversationRemovals.wish(stepOf(world, one)), 'unknown_conversation')
    await dismiss(world, one, ann)
    await conversationRemovals.finish(stepOf(world, one))
    assert.deepEqual(await conversationRemovals.pending(), [other.conversationId])
  })

  rule('deletes no private conversation, and none that is absent', async (world) => {
    const { conversationRemovals } = world.store
    const [ann, bob] = await world.accounts('ann', 'bob')
    const pair = await world.private(ann, bob)
    const absent = { conversationId: toConversationId(99) }
    for (const step of ['wish', 'begin', 'finish'] as const) {
      await refuses(conversationRemovals[step](stepOf(world, pair)), 'forbidden')
      await refuses(conversationRemovals[step](stepOf(world, absent)), 'unknown_conversation')
    }
    await refuses(dismiss(world, pair, ann), 'forbidden')
  })

  rule(
    'lets nobody find or enter a conversation whose deletion has begun, and frees its name',
    async (world) => {
      const { conversationRemovals, conversations, invites } = world.store
      const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
      const room = await world.open(ann, 'Room')
      await world.join(room, cy)
      await world.expel(room, cy, ann)
      await world.change(room, ann, { isListed: true, topic: 'all of it' })
      assert.deepEqual((await conversations.findOpenByName('room'))?.gid, room.gid)
      assert.deepEqual((await conversations.findByGid(room.gid))?.gid, room.gid)
      const invite = {
        conversationId: room.conversationId,
        byId: ann.accountId,
        seen: { by: 'owner' },
      } as const
      const code = { digest: 'code', maxUses: 2, expiresAt: world.now() + 1_000 }
      await invites.create({ ...invite, ...code, at: world.now() })
      await conversationRemovals.begin(stepOf(world, room))
      assert.equal(await conversations.findByGid(room.gid), undefined)
      assert.equal(await conversations.findOpenByName('Room'), undefined)
      const page = { viewerId: bob.accountId, prefix: '', after: null, limit: 9 }
      assert.deepEqual(await conversations.directory(page), [])
      assert.equal(await invites.find('code'), undefined)
      await refuses(world.join(room, bob), 'unknown_conversation')
      await refuses(world.join(room, bob, ann), 'unknown_conversation')
      // Its members are there still, and may make what lets others in.
      await invites.create({ ...invite, ...code, at: world.now() })
      const entry = { ...invite, accountId: bob.accountId, digest: 'code', seen: { maker: 'owner' } } as const
      await refuses(invites.join({ ...entry, at: world.now() }), 'unknown_conversation')
      await world.change(room, ann, { name: 'Room again' })
      await dismiss(world, room, ann)
      await conversationRemovals.finish(stepOf(world, room))
      assert.equal(await invites.find('code'), undefined)
      for (const name of ['Room', 'Room again']) assert.equal((await world.open(bob, name)).name, name)
      const { name, topic, isListed } = await world.conversation(room)
      assert.deepEqual([name, topic, isListed], [null, null, false])
    },
  )

  rule('dismisses members by a change each, numbers that for them, and hands nothing over', async (world) => {
    const { conversationRemovals, conversations, members } = world.store
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const { lastChange } = await world.conversation(group)
    await refuses(dismiss(world, group, ann), 'unknown_conversation')
    await conversationRemovals.begin(stepOf(world, group))
    const key = `${group.conversationId}`
    const gone = { kind: 'membership', key, number: 2, isGone: true } as const
    assert.deepEqual(await dismiss(world, group, ann, cy, bob), [
      ...[ann, bob].map(({ accountId }, n) => ({
        ...{ accountId, change: lastChange + 1 + n, heir: null, touched: [{ accountId, ...gone }] },
      })),
    ])
    assert.deepEqual(await dismiss(world, group, ann), [])
    assert.deepEqual(await members.list(group.conversationId), [])
    assert.equal((await world.conversation(group)).memberCount, 0)
    assert.deepEqual(await conversations.idsOf(ann.accountId), [])
    const logged = await world.store.changes.since(group.conversationId, lastChange, 9)
    assert.deepEqual(
      logged.map(({ kind, change }) => [kind, change]),
      [
        ['left', lastChange + 1],
        ['left', lastChange + 2],
      ],
    )
    await refuses(world.send(group, ann, 'still here?'), 'not_a_member')
  })

  rule('shows operators no conversation whose deletion has begun', async (world) => {
    const { conversationRemovals, overview } = world.store
    const ann = await world.account('ann')
    const [doomed, kept] = [await world.group(ann), await world.group(ann)]
    for (const group of [doomed, kept]) await world.send(group, ann, 'one')
    await conversationRemovals.begin(stepOf(world, doomed))
    const shown = await overview.conversations({ after: 0, limit: 9 })
    assert.deepEqual(
      shown.map(({ conversationId }) => conversationId),
      [kept.conversationId],
    )
    const { conversations, messages } = await overview.totals(world.now())
    assert.deepEqual([conversations.group, messages], [1, 1])
  })

  rule('is done with a deletion only when the conversation has no members', async (world) => {
    const { conversationRemovals } = world.store
    const ann = await world.account('ann')
    const group = await world.group(ann)
    await refuses(conversationRemovals.finish(stepOf(world, group)), 'unknown_conversation')
    await conversationRemovals.begin(stepOf(world, group))
    await refuses(conversationRemovals.finish(stepOf(world, group)), 'conflict')
    await dismiss(world, group, ann)
    await conversationRemovals.finish(stepOf(world, group))
  })

  rule('gives the id of a deleted conversation to no other', async (world) => {
    const { conversationRemovals } = world.store
    const ann = await world.account('ann')
    const group = await world.group(ann)
    await conversationRemovals.begin(stepOf(world, group))
    await dismiss(world, group, ann)
    await conversationRemovals.finish(stepOf(world, group))
    assert.notEqual((await world.group(ann)).conversationId, group.conversationId)
  })
}
