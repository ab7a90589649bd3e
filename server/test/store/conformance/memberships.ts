import assert from 'node:assert/strict'
import type { Account, Conversation, OwnListing, OwnView, Preferences } from '../../../src/core/types.ts'
import type { OwnListingPlace } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const markUpTo = (
  world: World,
  { conversationId }: Conversation,
  { accountId }: Account,
  { seq, isForced = false }: { seq: number; isForced?: boolean },
) => world.store.memberships.markReadUpTo({ conversationId, accountId, seq, isForced, at: world.now() })

const prefer = (
  { store }: World,
  { conversationId }: Conversation,
  { accountId }: Account,
  change: Partial<Preferences>,
) => store.memberships.setPreferences({ ...change, conversationId, accountId })

async function ownOf(
  { store }: World,
  { conversationId }: Conversation,
  { accountId }: Account,
): Promise<OwnView> {
  const [listing] = await store.memberships.find(accountId, [conversationId])
  return present(listing).own
}

async function readOf(
  world: World,
  conversation: Conversation,
  account: Account,
): Promise<readonly number[]> {
  const { readSeq, unread } = await ownOf(world, conversation, account)
  return [readSeq, unread]
}

const idsOf = (listings: readonly OwnListing[]) =>
  listings.map(({ conversation: { conversationId } }) => conversationId)

async function sendMany(world: World, conversation: Conversation, sender: Account, count: number) {
  await Promise.all(series(count).map((n) => world.send(conversation, sender, `${n}`)))
}

export function membershipRules(rule: Rule): void {
  markRules(rule)
  sentRules(rule)
  preferenceRules(rule)
  listRules(rule)
}

function markRules(rule: Rule): void {
  rule('counts what was sent after the read mark, without the deleted', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await sendMany(world, group, ann, 4)
    assert.deepEqual(await readOf(world, group, bob), [0, 4])
    const { touched, ...read } = await markUpTo(world, group, bob, { seq: 2 })
    assert.deepEqual(read, { readSeq: 2, unread: 2, mentions: 0 })
    const { accountId } = bob
    const row = { accountId, kind: 'read', key: `${group.conversationId}`, number: 2, isGone: false }
    assert.deepEqual(touched, [row])
    const messages = await world.store.messages.list({ conversationId: group.conversationId, limit: 9 })
    await world.delete(present(messages[3]).messageId, ann)
    assert.deepEqual(await readOf(world, group, bob), [2, 1])
    assert.equal((await markUpTo(world, group, bob, { seq: 3 })).unread, 0)
  })

  rule('moves a read mark back only by force, and no further than the log', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await sendMany(world, group, ann, 5)
    const seqAfter = async (mark: { seq: number; isForced?: boolean }) => {
      const { readSeq, touched } = await markUpTo(world, group, bob, mark)
      return [readSeq, touched.length]
    }
    assert.deepEqual(await seqAfter({ seq: 99 }), [5, 1])
    assert.deepEqual(await seqAfter({ seq: 5 }), [5, 0])
    assert.deepEqual(await seqAfter({ seq: 1 }), [5, 0])
    assert.deepEqual(await seqAfter({ seq: 1, isForced: true }), [1, 1])
    assert.deepEqual(await seqAfter({ seq: -7, isForced: true }), [0, 1])
    assert.deepEqual(await readOf(world, group, bob), [0, 5])
  })

  rule('moves the mark by time along with the one by place, but not by force', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await sendMany(world, group, ann, 3)
    const { conversationId } = group
    const lastRead = async () => {
      const { member } = present(await world.store.conversations.standing(bob.accountId, conversationId))
      return [present(member).lastReadSeq, present(member).lastReadAt]
    }
    const sentAt = (await world.store.messages.list({ conversationId, limit: 9 })).map((each) => each.sentAt)
    await markUpTo(world, group, bob, { seq: 2 })
    assert.deepEqual(await lastRead(), [2, sentAt[1]])
    await markUpTo(world, group, bob, { seq: 3 })
    const [seq, readAt] = await lastRead()
    assert.equal(seq, 3)
    assert.ok(present(readAt) > present(sentAt[2]))
    await markUpTo(world, group, bob, { seq: 1, isForced: true })
    assert.deepEqual(await lastRead(), [3, readAt])
    await world.store.members.markRead({ conversationId, accountId: bob.accountId, at: world.now() })
    assert.deepEqual(await readOf(world, group, bob), [1, 2])
  })

  rule('takes nothing for unread that was sent before one joined', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    await sendMany(world, open, ann, 3)
    await world.join(open, bob)
    assert.deepEqual(await readOf(world, open, bob), [3, 0])
    await sendMany(world, open, ann, 2)
    assert.deepEqual(await readOf(world, open, bob), [3, 2])
  })

  rule('marks nothing as read for one who is no member', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    await refuses(markUpTo(world, group, bob, { seq: 1 }), 'not_a_member')
    await refuses(prefer(world, group, bob, { isMuted: true }), 'not_a_member')
    assert.deepEqual(await world.store.memberships.find(bob.accountId, [group.conversationId]), [])
  })
}

function sentRules(rule: Rule): void {
  rule('takes a member’s own message for its read mark, however many others have sent', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    let last = 0
    for (const [by, count] of [...[1, 3, 61, 1, 64, 200, 2].entries()].map(([n, many]) => [n % 2, many])) {
      await sendMany(world, group, by === 1 ? ann : bob, present(count))
      const others = last
      last += present(count)
      assert.deepEqual(await readOf(world, group, by === 1 ? ann : bob), [last, 0])
      assert.deepEqual(await readOf(world, group, by === 1 ? bob : ann), [others, last - others])
    }
  })

  rule('keeps a mark that was moved back before one’s own message, until one sends again', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await sendMany(world, group, ann, 2)
    await sendMany(world, group, bob, 2)
    await markUpTo(world, group, bob, { seq: 1, isForced: true })
    assert.deepEqual(await readOf(world, group, bob), [1, 3])
    await sendMany(world, group, ann, 70)
    assert.deepEqual(await readOf(world, group, bob), [1, 73])
    const own = await world.send(group, bob, 'again')
    assert.deepEqual(await readOf(world, group, bob), [75, 0])
    // Deleted, it has still been written by one who had read what came before.
    await world.delete(own.message.messageId, bob)
    assert.deepEqual(await readOf(world, group, bob), [75, 0])
  })

  rule('draws no number for a send', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await sendMany(world, group, ann, 70)
    const cursors = [ann, bob].map(({ accountId }) => world.store.accountState.cursor(accountId))
    assert.deepEqual(await Promise.all(cursors), [1, 1])
  })
}

const UNSET: Preferences = { isMuted: false, isPinned: false, isArchived: false, notify: 'all' }

function preferenceRules(rule: Rule): void {
  rule('keeps each member’s settings of a conversation for that member alone', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { preferences, touched } = await prefer(world, group, ann, { isMuted: true, notify: 'mentions' })
    assert.deepEqual(preferences, { ...UNSET, isMuted: true, notify: 'mentions' })
    const { accountId } = ann
    const row = { accountId, kind: 'membership', key: `${group.conversationId}`, number: 2, isGone: false }
    assert.deepEqual(touched, [row])
    const settingsOf = async (account: Account) => {
      const { isMuted, isPinned, isArchived, notify } = await ownOf(world, group, account)
      return { isMuted, isPinned, isArchived, notify }
    }
    assert.deepEqual(await settingsOf(ann), preferences)
    assert.deepEqual(await settingsOf(bob), UNSET)
    const again = await prefer(world, group, ann, { isMuted: true })
    assert.deepEqual(again, { preferences, touched: [] })
    assert.deepEqual((await prefer(world, group, ann, { isMuted: false, notify: 'all' })).preferences, UNSET)
  })

  rule('forgets the settings of one who leaves', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    await world.join(open, bob)
    await prefer(world, open, bob, { isPinned: true, isArchived: true, notify: 'none' })
    await world.leave(open, bob)
    await world.join(open, bob)
    const { isPinned, isArchived, notify } = await ownOf(world, open, bob)
    assert.deepEqual({ isPinned, isArchived, notify }, { isPinned: false, isArchived: false, notify: 'all' })
  })
}

function listRules(rule: Rule): void {
  rule('lists the newest conversations of an account by activity, whoever else is active', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const mine: Conversation[] = []
    // More than ten of the shortest pages: the newest of all are looked at first, for those alone.
    for (const _ of series(25)) mine.push(await world.group(ann, bob))
    const foreign = await world.group(bob)
    const [first, second, third] = mine.map(({ conversationId }) => conversationId)
    for (const n of [2, 0, 1]) await world.send(present(mine[n]), bob, 'hello')
    const newest = async (limit: number) =>
      idsOf(await world.store.memberships.listNewest(ann.accountId, limit))
    for (const limit of [1, 2, 3])
      assert.deepEqual(await newest(limit), [second, first, third].slice(0, limit))
    assert.deepEqual((await newest(29)).length, 25)
    await sendMany(world, foreign, bob, 1_100)
    for (const limit of [1, 2, 3])
      assert.deepEqual(await newest(limit), [second, first, third].slice(0, limit))
    await world.send(present(mine[3]), ann, 'last')
    assert.deepEqual((await newest(1))[0], present(mine[3]).conversationId)
    const silent = await world.group(ann, bob)
    assert.deepEqual(await newest(2), [silent.conversationId, present(mine[3]).conversationId])
    const { message } = await world.send(present(mine[4]), bob, 'taken back')
    await world.delete(message.messageId, bob)
    assert.deepEqual(await newest(2), [silent.conversationId, present(mine[3]).conversationId])
  })

  rule(
    'lists all conversations of an account page by page, the pinned first, the archived apart',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const mine: Conversation[] = []
      for (const _ of series(7)) mine.push(await world.group(ann, bob))
      for (const n of [1, 4]) await prefer(world, present(mine[n]), ann, { isPinned: true })
      for (const n of [2, 3]) await prefer(world, present(mine[n]), ann, { isArchived: true })
      await world.send(present(mine[0]), bob, 'hello')
      const pageAfter = (after: OwnListingPlace | null, isArchived: boolean) =>
        world.store.memberships.list(ann.accountId, { isArchived, after, limit: 2 })
      const all = async (isArchived: boolean) => {
        const found: OwnListing[] = []
        for (let page = await pageAfter(null, isArchived); page.length > 0; ) {
          found.push(...page)
          const { conversation, own } = present(page.at(-1))
          page = await pageAfter({ ...conversation, isPinned: own.isPinned }, isArchived)
        }
        return idsOf(found)
      }
      const expected = (...places: readonly number[]) => places.map((n) => present(mine[n]).conversationId)
      assert.deepEqual(await all(false), expected(4, 1, 0, 6, 5))
      assert.deepEqual(await all(true), expected(3, 2))
    },
  )

  rule('shows in its own list what any other list shows', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const chat = await world.private(ann, bob)
    await world.send(chat, bob, 'hello')
    const listing = present(await world.store.conversations.findListing(ann.accountId, chat.conversationId))
    const own = { ...UNSET, role: 'member', readSeq: 0, unread: 1, mentions: 0 }
    const { memberships } = world.store
    const details = await world.details({ conversationId: chat.conversationId, seq: 1 })
    const expected = [{ ...listing, lastMessage: details, own }]
    assert.deepEqual(await memberships.find(ann.accountId, [chat.conversationId]), expected)
    assert.deepEqual(await memberships.listNewest(ann.accountId, 5), expected)
    assert.deepEqual(
      await memberships.list(ann.accountId, { isArchived: false, after: null, limit: 5 }),
      expected,
    )
  })
}
