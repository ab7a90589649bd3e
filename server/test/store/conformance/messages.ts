import assert from 'node:assert/strict'
import { toConversationId, toMessageId, toSender } from '../../../src/core/types.ts'
import { plainOf, present, type Rule, refuses } from '../world.ts'

export function messageRules(rule: Rule): void {
  appendRules(rule)
  refusalRules(rule)
  idempotenceRules(rule)
}

function appendRules(rule: Rule): void {
  rule('numbers messages and changes without a hole, each conversation by itself', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const other = await world.group(ann)
    const first = await world.send(group, ann, 'one')
    await world.send(other, ann, 'elsewhere')
    await world.leave(group, bob)
    const second = await world.send(group, ann, 'two')
    assert.deepEqual([first.message.seq, first.change, first.isNew], [1, 2, true])
    assert.deepEqual([second.message.seq, second.change, second.isNew], [2, 4, true])
    assert.ok(second.message.messageId > first.message.messageId)
    const { lastSeq, lastChange, activityAt, updatedAt } = await world.conversation(group)
    assert.deepEqual([lastSeq, lastChange, activityAt], [2, 4, second.message.sentAt])
    assert.ok(updatedAt < activityAt)
  })

  rule('gives a message back as it was sent', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    for (const body of [
      '',
      ' \n\t',
      '🦊👩‍👩‍👧‍👦 𝒳',
      "'; DROP TABLE messages; --",
      'x'.repeat(100_000),
      `\uFEFF${'é漢🦊'.repeat(100)}`,
    ]) {
      const at = world.now()
      const { message } = await world.send(group, ann, body, { at })
      assert.deepEqual([message.body, message.sentAt, message.senderId], [body, at, ann.accountId])
      assert.deepEqual(await world.store.messages.find(message.messageId), message)
      const { conversationId } = group
      const [listed] = await world.store.messages.list({ conversationId, limit: 1 })
      assert.equal(listed?.body, body)
    }
  })

  rule(
    'lets time never run backwards within a conversation, and elsewhere follows the clock',
    async (world) => {
      const ann = await world.account('ann')
      const [group, other] = [await world.group(ann), await world.group(ann)]
      const hour = 3_600_000_000
      const ahead = world.now() + hour
      const first = await world.send(group, ann, 'ahead', { at: ahead })
      assert.equal(first.message.sentAt, ahead)
      // The clock is set back by an hour; messages that come together may share a commit.
      const back = world.now()
      const sent = await Promise.all(
        [back, back + 5, back + 3, ahead + 9, back + 7].map((at, n) =>
          world.send(group, ann, `${n}`, { at }),
        ),
      )
      const times = sent.map(({ message }) => message.sentAt - ahead)
      assert.deepEqual(times, [1, 2, 3, 9, 10])
      const listed = await world.store.messages.list({ conversationId: group.conversationId, limit: 9 })
      assert.deepEqual(
        listed.map(({ sentAt }) => sentAt - ahead),
        [0, ...times],
      )
      assert.equal((await world.conversation(group)).activityAt, ahead + 10)
      assert.equal((await world.send(other, ann, 'right', { at: back })).message.sentAt, back)
    },
  )

  rule('signs listed messages with their senders', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const sent = [await world.send(group, ann, 'one'), await world.send(group, bob, 'two')]
    const listed = await world.store.messages.list({ conversationId: group.conversationId, limit: 9 })
    const expected = [ann, bob].map(({ accountId, uuid, username, displayName }, index) => ({
      ...present(sent[index]).message,
      sender: { accountId, uuid, username, displayName },
    }))
    assert.deepEqual(listed, expected)
  })

  rule(
    'answers all that is kept of a send with a client id or a reply, and no more of any other',
    async (world) => {
      const ann = await world.account('ann')
      const group = await world.group(ann)
      const { messageId } = (await world.send(group, ann, 'one')).message
      for (const [n, facts] of [
        { clientId: 'c' },
        { replyTo: messageId },
        { clientId: 'd', replyTo: messageId },
      ].entries()) {
        const { message, change } = await world.send(group, ann, 'more', facts)
        const details = await world.details(message)
        assert.deepEqual({ ...message, sender: toSender(ann) }, details)
        const { clientId = null } = facts
        assert.deepEqual(
          [details.version, details.clientId, details.replyToSeq],
          [change, clientId, n === 0 ? null : 1],
        )
      }
      const { message } = await world.send(group, ann, 'last')
      assert.deepEqual(message, plainOf(message))
    },
  )

  rule('keeps a reply to a message of the same conversation', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { message } = await world.send(group, ann, 'one')
    const reply = await world.send(group, ann, 'two', { replyTo: message.messageId })
    assert.equal(reply.message.replyTo, message.messageId)
    assert.deepEqual(await world.store.messages.find(reply.message.messageId), plainOf(reply.message))
  })
}

function refusalRules(rule: Rule): void {
  rule(
    'refuses an unknown conversation, then a stranger, then the blocked, then an unknown reply',
    async (world) => {
      const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
      const pair = await world.private(ann, bob)
      const replyTo = toMessageId(99)
      await world.block(bob, ann)
      const nowhere = { ...pair, conversationId: toConversationId(99) }
      await refuses(world.send(nowhere, cy, 'x', { replyTo }), 'unknown_conversation')
      await refuses(world.send(pair, cy, 'x', { replyTo }), 'not_a_member')
      await refuses(world.send(pair, ann, 'x', { replyTo }), 'message_refused')
      await refuses(world.send(pair, bob, 'x', { replyTo }), 'unknown_reply')
      assert.deepEqual(await world.conversation(pair), pair)
    },
  )

  rule('refuses the blocked in private only, and only one way', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const pair = await world.private(ann, bob)
    const group = await world.group(ann, bob)
    await world.block(bob, ann)
    await world.send(pair, bob, 'I may')
    await world.send(group, ann, 'here I may')
    await refuses(world.send(pair, ann, 'but not here'), 'message_refused')
    await world.store.contacts.unblock(bob.accountId, ann.accountId)
    await world.send(pair, ann, 'now I may')
    assert.deepEqual(await world.bodies(pair), ['I may', 'now I may'])
  })

  rule('refuses a reply to a deleted message or to one elsewhere', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { message: deleted } = await world.send(group, ann, 'one')
    const { message: elsewhere } = await world.send(await world.group(ann), ann, 'two')
    await world.delete(deleted.messageId, ann)
    for (const { messageId: replyTo } of [deleted, elsewhere])
      await refuses(world.send(group, ann, 'three', { replyTo }), 'unknown_reply', { messageId: replyTo })
  })

  rule('leaves no gap behind a refused send', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    await world.send(group, ann, 'one')
    await refuses(world.send(group, bob, 'no'), 'not_a_member')
    await refuses(world.send(group, ann, 'no', { replyTo: toMessageId(99) }), 'unknown_reply')
    const { message, change } = await world.send(group, ann, 'two')
    assert.deepEqual([message.seq, change], [2, 3])
  })
}

function idempotenceRules(rule: Rule): void {
  rule('answers the first message to the same client id, wherever and whatever it is for', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const other = await world.group(ann)
    const first = await world.send(group, ann, 'one', { clientId: 'c' })
    await world.send(group, ann, 'two', { clientId: 'd' })
    const again = { ...first, message: plainOf(first.message), isNew: false }
    assert.deepEqual(await world.send(group, ann, 'one', { clientId: 'c' }), again)
    assert.deepEqual(await world.send(other, ann, 'else', { clientId: 'c' }), again)
    assert.deepEqual(await world.bodies(group), ['one', 'two'])
    assert.deepEqual(await world.bodies(other), [])
  })

  rule('answers a repeated send also to one who has left since', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const first = await world.send(group, bob, 'one', { clientId: 'c' })
    await world.leave(group, bob)
    const again = { ...first, message: plainOf(first.message), isNew: false }
    assert.deepEqual(await world.send(group, bob, 'one', { clientId: 'c' }), again)
  })

  rule('does not take one account for another by their client ids', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await world.send(group, ann, 'one', { clientId: 'c' })
    assert.equal((await world.send(group, bob, 'two', { clientId: 'c' })).isNew, true)
    assert.deepEqual(await world.bodies(group), ['one', 'two'])
  })
}
