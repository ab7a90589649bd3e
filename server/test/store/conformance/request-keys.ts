import assert from 'node:assert/strict'
import { type Account, type Conversation, type ConversationKind, toGid } from '../../../src/core/types.ts'
import { newGid } from '../../../src/lib/ids.ts'
import { MAX_REQUEST_KEYS, REQUEST_KEY_LIFE, type RequestKey } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const keyed = (key: string, facts: Partial<RequestKey> = {}): RequestKey => ({
  ...{ key, operation: 'create', digest: 'body', nonce: null, ...facts },
})

const create = (
  world: World,
  members: readonly [Account, ...Account[]],
  once: RequestKey,
  { kind = 'group', name = null, at = world.now() }: Wanted = {},
) =>
  world.store.conversations.create({
    ...{ gid: toGid(newGid()), kind, name, creatorId: members[0].accountId, once, at },
    memberIds: members.map(({ accountId }) => accountId),
  })

interface Wanted {
  readonly kind?: ConversationKind
  readonly name?: string | null
  readonly at?: number
}

const invite = (world: World, { conversationId }: Conversation, by: Account, once: RequestKey) => {
  const at = world.now()
  return world.store.invites.create({
    ...{ conversationId, byId: by.accountId, seen: { by: 'owner' }, digest: `code of ${once.nonce}` },
    ...{ expiresAt: at + 1_000, maxUses: 1, once, at },
  })
}

export function requestKeyRules(rule: Rule): void {
  rule(
    'creates one conversation of a request that comes again, and shows it as it is by then',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const once = keyed('k')
      const first = await create(world, [ann], once, { kind: 'open', name: 'Hall' })
      assert.deepEqual([first.isNew, first.isRepeat], [true, false])
      await world.join(first.conversation, bob)
      const again = await create(world, [ann], once, { kind: 'open', name: 'Hall' })
      assert.deepEqual([again.isNew, again.isRepeat, again.touched], [true, true, []])
      assert.deepEqual(again.conversation, await world.conversation(first.conversation))
      assert.deepEqual(
        again.members.map(({ username, role }) => [username, role]),
        [['ann', 'owner']],
      )
      assert.equal((await world.store.conversations.idsOf(ann.accountId)).length, 1)
      await world.leave(first.conversation, ann)
      await refuses(create(world, [ann], once, { kind: 'open', name: 'Hall' }), 'not_a_member')
    },
  )

  rule('answers a repeat as the first time, also whether a private conversation was there', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const wanted = { kind: 'private' } as const
    const made = await create(world, [ann, bob], keyed('made'), wanted)
    const found = await create(world, [ann, bob], keyed('found'), wanted)
    assert.deepEqual([made.isNew, found.isNew, found.isRepeat], [true, false, false])
    await world.block(bob, ann)
    for (const [key, isNew] of [
      ['made', true],
      ['found', false],
    ] as const) {
      const again = await create(world, [ann, bob], keyed(key), wanted)
      assert.deepEqual([again.isNew, again.isRepeat], [isNew, true])
      assert.equal(again.conversation.conversationId, made.conversation.conversationId)
    }
  })

  rule('takes a key for one request of an account, and keys of others as their own', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { conversation } = await create(world, [ann], keyed('k'))
    await refuses(create(world, [ann], keyed('k', { digest: 'other' })), 'idempotency_key_reused')
    await refuses(create(world, [ann], keyed('k', { operation: 'other' })), 'idempotency_key_reused')
    await refuses(
      invite(world, conversation, ann, keyed('k', { operation: 'other' })),
      'idempotency_key_reused',
    )
    const others = await create(world, [bob], keyed('k'))
    assert.equal(others.isRepeat, false)
    assert.equal((await create(world, [ann], keyed('K'))).isRepeat, false)
  })

  rule('spends no key on a request that is refused', async (world) => {
    const ann = await world.account('ann')
    await world.open(ann, 'Hall')
    const wanted = { kind: 'open', name: 'Hall' } as const
    await refuses(create(world, [ann], keyed('k'), wanted), 'conversation_name_taken')
    const later = await create(world, [ann], keyed('k', { digest: 'other' }), { kind: 'open', name: 'Room' })
    assert.equal(later.isRepeat, false)
  })

  rule('makes one invite of a request that comes again, and gives its nonce back', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [group, other] = [await world.group(ann, bob), await world.group(ann)]
    const first = await invite(world, group, ann, keyed('k', { nonce: 'one' }))
    assert.deepEqual([first.nonce, first.digest, first.isRepeat], ['one', 'code of one', false])
    const again = await invite(world, group, ann, keyed('k', { nonce: 'two' }))
    assert.deepEqual(again, { ...first, isRepeat: true })
    const { conversationId } = group
    assert.equal((await world.store.invites.list(conversationId, { after: 0, limit: 9 })).length, 1)
    assert.equal(await world.store.invites.find('code of two'), undefined)
    // As it would be if one operation stood for both.
    await refuses(invite(world, other, ann, keyed('k', { nonce: 'two' })), 'idempotency_key_reused')
    const { inviteId } = first.invite
    await world.store.invites.revoke({ conversationId, inviteId, byId: ann.accountId, seen: { by: 'owner' } })
    await refuses(invite(world, group, ann, keyed('k', { nonce: 'two' })), 'idempotency_key_reused')
    await world.changeRole(group, bob, 'owner', ann)
    await refuses(invite(world, group, ann, keyed('k', { nonce: 'two' })), 'conflict')
  })

  rule('honours a key for a day', async (world) => {
    const ann = await world.account('ann')
    const at = world.now()
    const first = await create(world, [ann], keyed('k'), { at })
    const lastly = await create(world, [ann], keyed('k'), { at: at + REQUEST_KEY_LIFE - 1 })
    assert.equal(lastly.isRepeat, true)
    const late = keyed('k', { digest: 'other' })
    const later = await create(world, [ann], late, { at: at + REQUEST_KEY_LIFE })
    assert.equal(later.isRepeat, false)
    assert.notEqual(later.conversation.conversationId, first.conversation.conversationId)
    assert.equal((await create(world, [ann], late, { at: at + REQUEST_KEY_LIFE + 1 })).isRepeat, true)
  })

  rule('honours the last thousand keys of an account', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const wanted = { kind: 'private' } as const
    await create(world, [bob, ann], keyed('0'), wanted)
    const numbers = series(MAX_REQUEST_KEYS + 1)
    // Some at a time, so that no batch takes long on a busy machine.
    for (let from = 0; from < numbers.length; from += 100)
      await Promise.all(
        numbers.slice(from, from + 100).map((n) => create(world, [ann, bob], keyed(`${n}`), wanted)),
      )
    const isRepeat = async (by: Account, to: Account, key: string) =>
      (await create(world, [by, to], keyed(key), wanted)).isRepeat
    assert.equal(await isRepeat(ann, bob, `${present(numbers.at(-1))}`), true)
    assert.equal(await isRepeat(ann, bob, `${present(numbers[1])}`), true)
    assert.equal(await isRepeat(ann, bob, `${present(numbers[0])}`), false)
    assert.equal(await isRepeat(bob, ann, '0'), true)
  })

  rule(
    'creates one of many conversations and invites that are asked for at once with one key',
    async (world) => {
      const ann = await world.account('ann')
      const created = await Promise.all(series(10).map(() => create(world, [ann], keyed('k'))))
      assert.equal(created.filter(({ isRepeat }) => !isRepeat).length, 1)
      assert.equal(new Set(created.map(({ conversation }) => conversation.conversationId)).size, 1)
      const group = present(created[0]).conversation
      const made = await Promise.all(
        series(10).map((n) => invite(world, group, ann, keyed('i', { nonce: `${n}` }))),
      )
      assert.equal(made.filter(({ isRepeat }) => !isRepeat).length, 1)
      assert.equal(new Set(made.map(({ nonce }) => nonce)).size, 1)
    },
  )
}
