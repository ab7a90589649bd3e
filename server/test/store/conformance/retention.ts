import assert from 'node:assert/strict'
import { type Account, type Conversation, toConversationId } from '../../../src/core/types.ts'
import type { Appended } from '../../../src/store/store.ts'
import { until } from '../../support/until.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const EVER = Number.MAX_SAFE_INTEGER

/** Purges the oldest messages, at most so many. */
const purge = (
  { store }: World,
  { conversationId }: Pick<Conversation, 'conversationId'>,
  { before = EVER, limit = 100 }: { before?: number; limit?: number } = {},
) => store.retention.purge({ conversationId, before, limit, at: EVER - 1 })

async function talk(world: World, count: number): Promise<[Conversation, Account, Account, Appended[]]> {
  const [ann, bob] = await world.accounts('ann', 'bob')
  const group = await world.group(ann, bob)
  const sent: Appended[] = []
  for (const n of series(count)) sent.push(await world.send(group, bob, `word${n}`, { clientId: `c${n}` }))
  return [group, ann, bob, sent]
}

const ownOf = async ({ store }: World, { accountId }: Account, { conversationId }: Conversation) =>
  present((await store.memberships.find(accountId, [conversationId]))[0]).own

export function retentionRules(rule: Rule): void {
  rule('purges the oldest messages that are older than a time, some at a time', async (world) => {
    const [group, , , sent] = await talk(world, 5)
    const before = present(sent[3]).message.sentAt
    const { lastChange } = await world.conversation(group)
    assert.deepEqual(await purge(world, group, { before, limit: 2 }), {
      change: lastChange + 1,
      upToSeq: 2,
      count: 2,
    })
    assert.deepEqual(await purge(world, group, { before, limit: 2 }), {
      change: lastChange + 2,
      upToSeq: 3,
      count: 1,
    })
    assert.equal(await purge(world, group, { before }), null)
    assert.deepEqual(await world.bodies(group), ['word4', 'word5'])
    const { firstSeq, lastSeq, lastChange: last, rewrites } = await world.conversation(group)
    assert.deepEqual([firstSeq, lastSeq, last, rewrites], [4, 5, lastChange + 2, 2])
  })

  rule('purges tombstones like messages', async (world) => {
    const [group, , bob, sent] = await talk(world, 3)
    await world.delete(present(sent[0]).message.messageId, bob)
    assert.equal((await purge(world, group, { limit: 2 }))?.upToSeq, 2)
    const { conversationId } = group
    const details = await world.store.messages.listDetails(conversationId, { first: 1, last: 9 })
    assert.deepEqual(
      details.map(({ seq }) => seq),
      [3],
    )
  })

  rule('refuses to purge what is no conversation', async (world) => {
    await refuses(purge(world, { conversationId: toConversationId(99) }), 'unknown_conversation')
    const wish = { conversationId: toConversationId(99), before: 1 }
    await refuses(world.store.retention.wish(wish), 'unknown_conversation')
  })

  rule('tells a purge in the log, and only the numbers of what it took', async (world) => {
    const [group, , , sent] = await talk(world, 3)
    await world.pin(present(sent[0]).message, present(await world.store.accounts.findByUsername('ann')))
    const purged = present(await purge(world, group, { limit: 2 }))
    const logged = await world.store.changes.since(group.conversationId, 0, 99)
    assert.deepEqual(
      logged.map(({ change, kind }) => [change, kind]),
      [
        ...[[1, 'created']],
        ...[
          [2, 'forgotten'],
          [3, 'forgotten'],
          [4, 'sent'],
          [5, 'forgotten'],
          [6, 'purged'],
        ],
      ],
    )
    assert.deepEqual(logged.at(-1), { change: purged.change, kind: 'purged', upToSeq: 2, at: EVER - 1 })
    for (const after of series(5)) {
      const later = await world.store.changes.since(group.conversationId, after, 99)
      assert.deepEqual(later, logged.slice(after))
    }
    assert.deepEqual(await world.store.changes.since(group.conversationId, 1, 2), logged.slice(1, 3))
  })

  rule('goes on with the numbers where all messages are purged', async (world) => {
    const [group, , bob, sent] = await talk(world, 2)
    await purge(world, group)
    const listing = await world.store.conversations.findListing(bob.accountId, group.conversationId)
    const { conversation, lastMessage } = present(listing)
    assert.deepEqual([lastMessage, conversation.firstSeq, conversation.lastSeq], [null, 3, 2])
    assert.equal(conversation.activityAt, group.updatedAt)
    const { message, change } = await world.send(group, bob, 'on')
    assert.deepEqual([message.seq, change], [3, conversation.lastChange + 1])
    assert.ok(message.messageId > present(sent[1]).message.messageId)
    assert.deepEqual(await world.bodies(group), ['on'])
  })

  rule('keeps every badge right', async (world) => {
    const [group, ann, bob, sent] = await talk(world, 6)
    const { conversationId } = group
    const mentions = [{ account: ann.accountId, at: [0, 4] as const }]
    const extras = { format: 'plain', thread: null, replyToSeq: null, mentions } as const
    await world.send(group, bob, '@ann', { extras })
    await world.send(group, bob, '@ann', { extras })
    await world.delete(present(sent[1]).message.messageId, bob)
    await world.delete(present(sent[4]).message.messageId, bob)
    const unread = async () => (({ unread, mentions }) => [unread, mentions])(await ownOf(world, ann, group))
    assert.deepEqual(await unread(), [6, 2])
    await purge(world, group, { limit: 3 })
    assert.deepEqual(await unread(), [4, 2])
    await purge(world, group, { limit: 4 })
    assert.deepEqual(await unread(), [1, 1])
    const mark = { conversationId, accountId: ann.accountId, seq: 8, isForced: false, at: 1 }
    const { readSeq, unread: left } = await world.store.memberships.markReadUpTo(mark)
    assert.deepEqual([readSeq, left], [8, 0])
    assert.deepEqual(await world.mentionsOf(ann), ['@ann'])
  })

  rule('leaves the mark of one whose own message is purged', async (world) => {
    const [group, , bob] = await talk(world, 3)
    await purge(world, group, { limit: 2 })
    assert.equal((await ownOf(world, bob, group)).readSeq, 3)
    await purge(world, group)
    assert.equal((await ownOf(world, bob, group)).readSeq, 3)
  })

  rule('takes away all that hangs on a message, and leaves what answered it', async (world) => {
    const [group, ann, bob, sent] = await talk(world, 1)
    const { conversationId } = group
    const first = present(sent[0]).message
    const plain = { format: 'plain', thread: null, replyToSeq: null, mentions: [] } as const
    const fileId = await world.file(bob, { sha256: 'content' })
    await world.send(group, bob, 'file', { extras: { ...plain, files: [fileId] } })
    await world.edit(first, bob, 'edited')
    await world.react(first, [ann, '👍'])
    await world.pin(first, ann)
    await world.send(group, ann, 'reply', { replyTo: first.messageId })
    const inThread = await world.send(group, ann, 'in its thread', { extras: { ...plain, thread: 1 } })
    await purge(world, group, { limit: 2 })
    const kept = await world.store.messages.listDetails(conversationId, { first: 1, last: 9 })
    assert.deepEqual(
      kept.map(({ body, replyTo, replyToSeq, thread }) => [body, replyTo, replyToSeq, thread]),
      [
        ['reply', null, null, null],
        ['in its thread', null, null, 1],
      ],
    )
    assert.deepEqual(await world.store.messages.versions(first, { after: 0, limit: 9 }), [])
    assert.deepEqual(await world.store.pins.list(conversationId, { limit: 9 }), [])
    const places = { first: 1, last: 9 }
    assert.deepEqual(await world.store.reactions.listOwn(ann.accountId, conversationId, places), [])
    assert.equal(await world.store.files.find(fileId), undefined)
    assert.equal(await world.store.files.isUsed('content'), false)
    assert.deepEqual(await world.store.files.listRemoved(9), [{ fileId, sha256: 'content' }])
    const replies = await world.store.messages.listReplies({ conversationId, seq: 1 }, { after: 0, limit: 9 })
    assert.deepEqual(
      replies.map(({ seq }) => seq),
      [inThread.message.seq],
    )
    await refuses(world.send(group, ann, 'more', { extras: { ...plain, thread: 1 } }), 'thread_refused')
  })

  rule('forgets the words of a purged message', async (world) => {
    const [group, ann, , sent] = await talk(world, 3)
    const last = present(sent[2]).message.messageId
    await until('the index', async () => (await world.store.search.indexedUpTo()) >= last)
    await purge(world, group, { limit: 2 })
    const terms = [{ word: 'word', isPrefix: true }]
    const { items } = await world.store.search.find({
      accountId: ann.accountId,
      terms,
      after: 0,
      before: EVER,
      limit: 9,
    })
    assert.deepEqual(
      items.map(({ body }) => body),
      ['word3'],
    )
    assert.equal(group.firstSeq, 1)
  })

  rule('stores no send a second time whose message is purged', async (world) => {
    const [group, , bob, sent] = await talk(world, 2)
    const other = await world.group(bob)
    const { message: first, change } = present(sent[0])
    await purge(world, group)
    const again = await world.send(group, bob, 'again', { clientId: 'c1' })
    assert.deepEqual([again.isNew, again.change], [false, change])
    const { messageId, seq, sentAt } = first
    const tombstone = {
      messageId,
      seq,
      sentAt,
      body: '',
      clientId: 'c1',
      deletedAt: EVER - 1,
      version: change,
    }
    assert.partialDeepStrictEqual(again.message, tombstone)
    const extras = { format: 'plain', thread: null, replyToSeq: null, mentions: [] } as const
    const native = await world.send(group, bob, 'again', { clientId: 'c1', extras })
    assert.deepEqual(native, again)
    await refuses(world.send(other, bob, 'elsewhere', { clientId: 'c1', extras }), 'conflict')
    assert.deepEqual(await world.bodies(group), [])
  })

  rule('shows which histories are kept for a time, and fulfils a wish', async (world) => {
    const [group, ann, bob, sent] = await talk(world, 2)
    const { conversationId } = group
    const { store } = world
    const silent = await world.group(bob)
    const all = { after: 0, limit: 9, isOwnRule: false }
    const oldestAt = present(sent[0]).message.sentAt
    const none = { retentionDays: null, purgeBefore: null }
    assert.deepEqual(await store.retention.kept(all), [
      { conversationId, ...none, oldestAt },
      { conversationId: silent.conversationId, ...none, oldestAt: null },
    ])
    assert.deepEqual((await store.retention.kept({ ...all, after: conversationId, limit: 1 })).length, 1)
    const own = { ...all, isOwnRule: true }
    assert.deepEqual(await store.retention.kept(own), [])
    const { conversation, isNew } = await world.change(group, ann, { retentionDays: 30 })
    assert.deepEqual([conversation.retentionDays, isNew], [30, true])
    assert.equal((await world.conversation(group)).retentionDays, 30)
    assert.deepEqual(await store.retention.kept(own), [
      { conversationId, retentionDays: 30, purgeBefore: null, oldestAt },
    ])
    await world.change(group, ann, { retentionDays: null })
    const before = oldestAt + 1
    await store.retention.wish({ conversationId, before })
    await store.retention.wish({ conversationId, before: 1 })
    assert.equal(await store.retention.findWish(conversationId), before)
    assert.deepEqual(await store.retention.kept(own), [
      { conversationId, retentionDays: null, purgeBefore: before, oldestAt },
    ])
    assert.equal((await purge(world, group, { before }))?.count, 1)
    assert.equal(await store.retention.findWish(conversationId), before)
    assert.equal(await purge(world, group, { before }), null)
    assert.equal(await store.retention.findWish(conversationId), undefined)
  })

  rule('leases work to one holder at a time', async ({ store }) => {
    const lease = (holder: string, at: number) =>
      store.retention.lease({ name: 'purging', holder, at, until: at + 10 })
    assert.equal(await lease('one', 1), true)
    assert.equal(await lease('two', 5), false)
    assert.equal(await lease('one', 5), true)
    assert.equal(await lease('two', 14), false)
    assert.equal(await lease('two', 15), true)
    assert.equal(await lease('one', 16), false)
  })
}
