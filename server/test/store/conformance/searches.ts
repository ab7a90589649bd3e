import assert from 'node:assert/strict'
import { type Account, type Conversation, toConversationId } from '../../../src/core/types.ts'
import type { FoundPlace, OwnListingPage } from '../../../src/store/store.ts'
import { present, type Rule, series, type World } from '../world.ts'

/** The usernames found, page after page. */
async function found(world: World, viewer: Account, prefix: string, limit = 50): Promise<readonly string[]> {
  const names: string[] = []
  let after: FoundPlace | null = null
  do {
    const page: Awaited<ReturnType<typeof world.store.accounts.search>> = await world.store.accounts.search(
      viewer.accountId,
      { prefix, after, limit },
    )
    names.push(...page.items.map(({ username }) => username))
    after = page.next
  } while (after)
  return names
}

export function searchRules(rule: Rule): void {
  accountRules(rule)
  ownRules(rule)
}

function accountRules(rule: Rule): void {
  rule('finds accounts by the beginning of either name, whatever its case and composition', async (world) => {
    const viewer = await world.account('viewer')
    const zoe = await world.account('zoe', { displayName: 'Élodie Petit' })
    await world.account('eloise', { displayName: 'Her' })
    await world.account('other', { displayName: 'Petit' })
    assert.deepEqual(await found(world, viewer, 'e\u0301LO'), ['zoe'])
    assert.deepEqual(await found(world, viewer, 'ELO'), ['eloise'])
    assert.deepEqual(await found(world, viewer, 'loi'), [])
    const { items } = await world.store.accounts.search(viewer.accountId, {
      ...{ prefix: 'zo', after: null, limit: 9 },
    })
    assert.deepEqual(items, [zoe])
  })

  rule('finds an account once, by the name that comes first, on pages of any length', async (world) => {
    const viewer = await world.account('viewer')
    await world.account('ma-c', { displayName: 'Ma A' })
    await world.account('ma-a', { displayName: 'Ma Z' })
    await world.account('ma-b')
    await world.account('xy', { displayName: 'ma-bb' })
    const all = ['ma-c', 'ma-a', 'ma-b', 'xy']
    for (const limit of [1, 2, 3, 50]) assert.deepEqual(await found(world, viewer, 'ma', limit), all)
  })

  rule('finds no guest, nobody disabled, and nobody who blocks the viewer', async (world) => {
    const [viewer, ann, bob] = await world.accounts('viewer', 'bee-ann', 'bee-bob')
    await world.guest('bee-guest')
    await world.account('cy', { displayName: 'bee-cy' })
    await world.disable(ann)
    await world.block(bob, viewer)
    assert.deepEqual(await found(world, viewer, 'bee'), ['cy'])
    assert.deepEqual(await found(world, ann, 'bee'), ['bee-bob', 'cy'])
    const { accountId } = bob
    await world.store.accounts.setProfile({
      accountId: viewer.accountId,
      displayName: 'Bee',
      at: world.now(),
    })
    assert.deepEqual(await found(world, ann, 'bee'), ['viewer', 'bee-bob', 'cy'])
    await world.store.contacts.unblock(accountId, viewer.accountId)
    assert.deepEqual(await found(world, viewer, 'bee'), ['viewer', 'bee-bob', 'cy'])
    for (const displayName of ['viewer', 'Other'])
      await world.store.accounts.setProfile({ accountId: viewer.accountId, displayName, at: world.now() })
    assert.deepEqual(await found(world, viewer, 'bee'), ['bee-bob', 'cy'])
  })

  rule('takes the signs of patterns for what they are', async (world) => {
    const [viewer] = await world.accounts('viewer', 'per%cent', 'per_cent', 'per.cent')
    assert.deepEqual(await found(world, viewer, 'per%'), ['per%cent'])
    assert.deepEqual(await found(world, viewer, 'per_'), ['per_cent'])
    assert.deepEqual(await found(world, viewer, "per'"), [])
  })

  rule('pages contacts and the blocked by their ids', async (world) => {
    const [ann, ...others] = await Promise.all(series(6).map((n) => world.account(`p${n}`)))
    const { accountId } = present(ann)
    for (const other of others.toReversed()) {
      await world.store.contacts.add(accountId, other.accountId, world.now())
      await world.block(present(ann), other)
    }
    const { contacts } = world.store
    const ids = others.map((other) => other.accountId)
    const first = await contacts.page(accountId, { after: 0, limit: 3 })
    assert.deepEqual(first, others.slice(0, 3))
    const second = await contacts.page(accountId, { after: present(ids[2]), limit: 3 })
    assert.deepEqual(second, others.slice(3))
    assert.deepEqual(await contacts.blocked(accountId, { after: 0, limit: 4 }), others.slice(0, 4))
    assert.deepEqual(await contacts.blocked(accountId, { after: present(ids[3]), limit: 4 }), others.slice(4))
    assert.deepEqual(await contacts.blocked(present(ids[0]), { after: 0, limit: 4 }), [])
  })
}

function ownRules(rule: Rule): void {
  rule('pages members by their ids, with names and how far each has read', async (world) => {
    const ann = await world.account('ann', { displayName: 'Ann A' })
    const [bob, cy] = await world.accounts('bob', 'cy')
    const group = await world.group(ann, cy, bob)
    const { conversationId } = group
    await world.send(group, ann, 'one')
    await world.send(group, bob, 'two')
    const page = (after: number, limit: number) => world.store.members.page(conversationId, { after, limit })
    const facts = (await page(0, 9)).map(({ username, displayName, role, readSeq }) => ({
      ...{ username, displayName, role, readSeq },
    }))
    assert.deepEqual(facts, [
      { username: 'ann', displayName: 'Ann A', role: 'owner', readSeq: 1 },
      { username: 'bob', displayName: 'bob', role: 'member', readSeq: 2 },
      { username: 'cy', displayName: 'cy', role: 'member', readSeq: 0 },
    ])
    const listed = await world.store.members.list(conversationId)
    const [second, ...rest] = await page(ann.accountId, 1)
    const { displayName: _, readSeq: __, ...member } = present(second)
    assert.deepEqual(
      member,
      listed.find(({ accountId }) => accountId === bob.accountId),
    )
    assert.deepEqual(rest, [])
    assert.deepEqual(await world.store.members.page(toConversationId(99), { after: 0, limit: 9 }), [])
  })

  rule(
    'finds the account’s own by the beginning of a name, or of either name of the other',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'plaza-bob')
      const cy = await world.account('cy', { displayName: 'PLAZA cy' })
      const chats = [await world.private(ann, bob), await world.private(ann, cy)] as const
      const plaza = await world.open(ann, 'Plaza')
      await world.open(bob, 'Plaza of others')
      const quiet = await world.group(ann, bob)
      const { conversationId } = quiet
      await world.change(quiet, ann, { name: 'My plaza' })
      const accountId = ann.accountId
      const search = async (prefix: string, page: Partial<OwnListingPage> = {}) => {
        const whole = { isArchived: false, after: null, limit: 9, ...page }
        const found = await world.store.memberships.search(accountId, whole, prefix)
        return found.map(({ conversation }) => conversation.conversationId)
      }
      const idOf = (each: Conversation) => each.conversationId
      const { memberships } = world.store
      assert.deepEqual(await search('plaza'), [plaza, chats[1], chats[0]].map(idOf))
      assert.deepEqual(await search('MY'), [conversationId])
      await memberships.setPreferences({ accountId, conversationId: idOf(chats[0]), isPinned: true })
      await memberships.setPreferences({ accountId, conversationId: idOf(plaza), isArchived: true })
      assert.deepEqual(await search('plaza'), [chats[0], chats[1]].map(idOf))
      assert.deepEqual(await search('plaza', { isArchived: true }), [idOf(plaza)])
      assert.deepEqual(await search('plaza', { limit: 1 }), [idOf(chats[0])])
      const { activityAt } = await world.conversation(chats[0])
      const after = { conversationId: idOf(chats[0]), isPinned: true, activityAt }
      assert.deepEqual(await search('plaza', { after }), [idOf(chats[1])])
      const [listing] = await memberships.search(
        accountId,
        { isArchived: false, after: null, limit: 1 },
        'MY',
      )
      assert.deepEqual([listing], await memberships.find(accountId, [conversationId]))
    },
  )

  rule('shows an own listing with all that is kept of its last message', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const extras = { format: 'markdown', thread: null, replyToSeq: null, mentions: [] } as const
    await world.send(group, bob, 'hello', { clientId: 'one', extras })
    await world.react({ conversationId, seq: 1 }, [ann, '👍'])
    const lastOf = async () => {
      const [listing] = await world.store.memberships.find(ann.accountId, [conversationId])
      return present(listing).lastMessage
    }
    assert.deepEqual(await lastOf(), await world.details({ conversationId, seq: 1 }))
    await world.send(group, ann, `${'y'.repeat(600)}é`)
    assert.deepEqual(await lastOf(), await world.details({ conversationId, seq: 2 }))
    await world.remove({ conversationId, seq: 2 }, ann)
    assert.deepEqual(await lastOf(), await world.details({ conversationId, seq: 1 }))
    await world.remove({ conversationId, seq: 1 }, bob)
    assert.equal(await lastOf(), null)
  })
}
