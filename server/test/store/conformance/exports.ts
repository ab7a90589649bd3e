import assert from 'node:assert/strict'
import type { Account } from '../../../src/core/types.ts'
import type { ExportedMessage } from '../../../src/store/store.ts'
import { present, type Rule, series, type World } from '../world.ts'

/** All pages of the account's messages, in the order of conversations and places. */
async function messagesOf(
  { store }: World,
  { accountId }: Account,
  { limit = 2, upTo = Number.MAX_SAFE_INTEGER } = {},
): Promise<readonly ExportedMessage[]> {
  const found: ExportedMessage[] = []
  for (let after: readonly number[] | null = []; after !== null; ) {
    const page = await store.exports.messages(accountId, { after, upTo }, limit)
    assert.ok(page.items.length <= limit)
    found.push(...page.items)
    after = page.after
  }
  return found.sort((one, other) => one.conversationId - other.conversationId || one.seq - other.seq)
}

const bodiesOf = async (...args: Parameters<typeof messagesOf>): Promise<readonly string[]> =>
  (await messagesOf(...args)).map(({ body }) => body)

export function exportRules(rule: Rule): void {
  rule("exports an account's own messages, wherever it has sent them, and nobody else's", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const groups = [await world.group(ann, bob), await world.group(bob, ann)]
    for (const n of series(5))
      for (const [g, group] of groups.entries()) {
        await world.send(group, ann, `ann ${g} ${n}`)
        await world.send(group, bob, `bob ${g} ${n}`)
      }
    await world.leave(present(groups[1]), ann)
    const expected = (name: string) => groups.flatMap((_, g) => series(5).map((n) => `${name} ${g} ${n}`))
    assert.deepEqual(await bodiesOf(world, ann), expected('ann'))
    assert.deepEqual(await bodiesOf(world, bob, { limit: 3 }), expected('bob'))
    assert.deepEqual(await bodiesOf(world, await world.account('cy')), [])
  })

  rule('exports of a message all that its sender has made of it, with its earlier texts', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const root = await world.send(group, bob, 'root')
    const mentions = [{ account: bob.accountId, at: [0, 4] }] as const
    const extras = { format: 'markdown', thread: 1, replyToSeq: 1, mentions } as const
    const { message } = await world.send(group, ann, '@bob', { clientId: 'c', extras })
    const second = await world.edit(message, ann, 'two')
    const third = await world.edit(message, ann, 'three', null, mentions)
    await world.react(message, [bob, '👍'])
    const { messageId, conversationId, sentAt } = message
    assert.deepEqual(await messagesOf(world, ann), [
      {
        ...{ messageId, conversationId, seq: 2, clientId: 'c', body: 'three', format: 'markdown' },
        ...{ replyToSeq: 1, thread: 1, mentions, sentAt, editedAt: third.message.editedAt },
        versions: [
          { body: '@bob', writtenAt: sentAt },
          { body: 'two', writtenAt: second.message.editedAt },
        ],
      },
    ])
    const [plain] = await messagesOf(world, bob)
    assert.deepEqual(plain, {
      ...{ messageId: root.message.messageId, conversationId, seq: 1, clientId: null, body: 'root' },
      ...{ format: 'plain', replyToSeq: null, thread: null, mentions: [] },
      ...{ sentAt: root.message.sentAt, editedAt: null, versions: [] },
    })
  })

  rule('exports no deleted message, and none after the last one that is wanted', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    assert.equal(await world.store.exports.lastMessageId(), 0)
    const sent = []
    for (const n of series(6)) sent.push((await world.send(group, ann, `${n}`)).message)
    await world.delete(present(sent[1]).messageId, ann)
    const upTo = present(sent[4]).messageId
    assert.deepEqual(await bodiesOf(world, ann, { upTo }), ['1', '3', '4', '5'])
    assert.deepEqual(await bodiesOf(world, ann, { upTo: 0 }), [])
    const last = present(sent[5]).messageId
    assert.equal(await world.store.exports.lastMessageId(), last)
    assert.deepEqual(await bodiesOf(world, ann, { upTo: last, limit: 1 }), ['1', '3', '4', '5', '6'])
  })

  rule('exports long texts of any script', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const body = 'Grüße 👋🏽 '.repeat(500)
    const { message } = await world.send(group, ann, body)
    await world.edit(message, ann, `${body}!`)
    const [found] = await messagesOf(world, ann)
    assert.deepEqual([found?.body, found?.versions[0]?.body], [`${body}!`, body])
  })

  rule('exports the profile as it is kept, and nothing that proves who someone is', async (world) => {
    const { exports, accounts } = world.store
    const ann = await world.account('ann', { email: 'ann@example.org' })
    await accounts.setProfile({ accountId: ann.accountId, bio: 'fox', at: world.now() })
    await accounts.setSettings(ann.accountId, '{"theme":"dark"}')
    const found = present(await accounts.find(ann.accountId))
    const { passwordHash, isGuest, isDisabled, isAdmin, credentialsSince, ...shown } = found
    const { currentConversationId, ...facts } = shown
    assert.deepEqual(await exports.profile(ann.accountId), { ...facts, settings: '{"theme":"dark"}' })
    assert.equal(await exports.profile(99 as Account['accountId']), undefined)
  })

  rule('exports contacts and blocks in pages, by the ids of the others', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    const { exports, contacts } = world.store
    const others = [dan, bob, cy]
    for (const other of others) await contacts.add(ann.accountId, other.accountId, world.now())
    for (const other of others) await world.block(ann, other)
    await world.block(bob, ann)
    for (const read of [exports.contacts, exports.blocks]) {
      const first = await read.call(exports, ann.accountId, 0, 2)
      const rest = await read.call(exports, ann.accountId, first.at(-1)?.accountId ?? 0, 2)
      const found = [...first, ...rest]
      assert.deepEqual(
        found.map(({ accountId, username }) => [accountId, username]),
        [bob, cy, dan].map(({ accountId, username }) => [accountId, username]),
      )
      assert.ok(found.every(({ at }) => at > ann.createdAt && at <= world.now()))
      assert.deepEqual(await read.call(exports, ann.accountId, dan.accountId, 2), [])
    }
  })

  rule('exports memberships with their settings and read marks, in pages', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { exports, memberships } = world.store
    const pair = await world.private(ann, bob)
    const room = await world.open(bob, 'room')
    await world.join(room, ann)
    for (const n of series(3)) await world.send(room, bob, `${n}`)
    const { conversationId } = room
    const { accountId } = ann
    await memberships.setPreferences({ conversationId, accountId, isMuted: true, notify: 'none' })
    await memberships.markReadUpTo({ conversationId, accountId, seq: 2, isForced: true, at: world.now() })
    const [first, ...none] = await exports.memberships(accountId, 0, 1)
    assert.deepEqual(none, [])
    const plain = { isMuted: false, isPinned: false, isArchived: false, notify: 'all' }
    const { joinedAt } = present(first)
    assert.deepEqual(first, {
      conversation: { conversationId: pair.conversationId, gid: pair.gid, kind: 'private', name: null },
      other: { accountId: bob.accountId, username: 'bob' },
      ...{ role: 'member', joinedAt, lastReadAt: null, readSeq: 0, ...plain },
    })
    const [second] = await exports.memberships(accountId, pair.conversationId, 1)
    assert.deepEqual(second, {
      conversation: { conversationId, gid: room.gid, kind: 'open', name: 'room' },
      ...{ other: null, role: 'member', joinedAt: second?.joinedAt, lastReadAt: null, readSeq: 2 },
      ...{ ...plain, isMuted: true, notify: 'none' },
    })
    assert.deepEqual(await exports.memberships(accountId, conversationId, 1), [])
  })

  rule('exports own reactions in pages, by their places and keys', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { exports } = world.store
    const group = await world.group(ann, bob)
    const sent = []
    for (const n of series(2)) sent.push((await world.send(group, bob, `${n}`)).message)
    for (const message of sent)
      await world.react(present(message), [ann, '👍'], [bob, '👎'], [ann, 'a'], [ann, 'b'])
    const { conversationId } = group
    const wanted = [1, 2].flatMap((seq) => ['a', 'b', '👍'].map((key) => ({ conversationId, seq, key })))
    const first = await exports.reactions(ann.accountId, null, 4)
    const rest = await exports.reactions(ann.accountId, first.at(-1) ?? null, 4)
    assert.deepEqual(
      [...first, ...rest].map(({ at: _, ...place }) => place),
      wanted,
    )
    assert.deepEqual(await exports.reactions(ann.accountId, present(rest.at(-1)), 4), [])
  })
}
