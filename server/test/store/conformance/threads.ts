import assert from 'node:assert/strict'
import { toSender } from '../../../src/core/types.ts'
import type { Extras } from '../../../src/store/store.ts'
import { type Rule, refuses } from '../world.ts'

const extras = (some: Partial<Extras> = {}): { extras: Extras } => ({
  extras: { format: 'plain', thread: null, replyToSeq: null, mentions: [], ...some },
})

export function threadRules(rule: Rule): void {
  rule('keeps what only a native message has', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const root = await world.send(group, ann, 'root', extras())
    const facts = { clientId: 'c', ...extras({ format: 'markdown', thread: 1, replyToSeq: 1 }) }
    const sent = await world.send(group, bob, '*answer*', facts)
    assert.deepEqual(sent.message, {
      ...{
        messageId: sent.message.messageId,
        conversationId: group.conversationId,
        seq: 2,
        body: '*answer*',
      },
      ...{ senderId: bob.accountId, sentAt: sent.message.sentAt, editedAt: null, deletedAt: null },
      ...{ version: sent.change, clientId: 'c', format: 'markdown', thread: 1 },
      ...{ replyTo: root.message.messageId, replyToSeq: 1, replyCount: 0, lastReplySeq: null },
      ...{ mentions: [], reactions: [], pinnedAt: null },
    })
    assert.deepEqual(await world.details(sent.message), { ...sent.message, sender: toSender(bob) })
    assert.deepEqual(await world.bodies(group), ['root', '*answer*'])
  })

  rule('counts the answers of a thread at its root, by the change of each answer', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const root = await world.send(group, ann, 'root')
    const rootOf = async () => {
      const { replyCount, lastReplySeq, version } = await world.details(root.message)
      return [replyCount, lastReplySeq, version]
    }
    const both = await Promise.all([
      world.send(group, ann, 'one', extras({ thread: 1 })),
      world.send(group, ann, 'two', extras({ thread: 1 })),
    ])
    const [one, two] = both
    assert.deepEqual(await rootOf(), [2, two.message.seq, two.change])
    await world.send(group, ann, 'beside')
    const three = await world.send(group, ann, 'three', extras({ thread: 1 }))
    assert.deepEqual(await rootOf(), [3, three.message.seq, three.change])
    const removed = await world.remove(three.message, ann)
    assert.deepEqual(await rootOf(), [2, two.message.seq, removed.change])
    const deleted = await world.delete(one.message.messageId, ann)
    assert.deepEqual(await rootOf(), [1, two.message.seq, deleted.change])
    const replies = (after: number, limit: number) =>
      world.store.messages.listReplies(root.message, { after, limit })
    assert.deepEqual(
      (await replies(0, 9)).map(({ seq, body }) => [seq, body]),
      [
        [2, ''],
        [3, 'two'],
        [5, ''],
      ],
    )
    assert.deepEqual(
      (await replies(2, 1)).map(({ seq }) => seq),
      [3],
    )
    const last = await world.remove(two.message, ann)
    assert.deepEqual(await rootOf(), [0, null, last.change])
  })

  rule('refuses a thread that begins with nothing, or in a thread, and a quote of nothing', async (world) => {
    const ann = await world.account('ann')
    const [group, other] = [await world.group(ann), await world.group(ann)]
    const { conversationId } = group
    await world.send(group, ann, 'root')
    await world.send(group, ann, 'answer', extras({ thread: 1 }))
    const gone = await world.send(group, ann, 'gone')
    await world.remove(gone.message, ann)
    const send = (some: Partial<Extras>) => world.send(group, ann, 'x', extras(some))
    await refuses(send({ thread: 2 }), 'thread_refused', { conversationId, seq: 2 })
    await refuses(send({ thread: 3 }), 'thread_refused')
    await refuses(send({ thread: 9 }), 'thread_refused')
    await refuses(send({ replyToSeq: 3 }), 'unknown_reply', { seq: 3 })
    await refuses(world.send(other, ann, 'x', extras({ replyToSeq: 1 })), 'unknown_reply')
    assert.deepEqual(await world.bodies(group), ['root', 'answer'])
    assert.equal((await world.conversation(group)).lastSeq, 3)
  })

  rule(
    'answers the first to a client id, edited or deleted since, and refuses one of elsewhere',
    async (world) => {
      const ann = await world.account('ann')
      const [group, other] = [await world.group(ann), await world.group(ann)]
      const facts = { clientId: 'c', ...extras() }
      const first = await world.send(group, ann, 'one', facts)
      await world.edit(first.message, ann, 'uno')
      const again = await world.send(group, ann, 'one', facts)
      assert.deepEqual([again.isNew, again.change, again.message.body], [false, first.change, 'uno'])
      await world.remove(first.message, ann)
      const gone = await world.send(group, ann, 'one', facts)
      assert.deepEqual([gone.isNew, gone.message.seq, gone.message.body], [false, 1, ''])
      await refuses(world.send(other, ann, 'one', facts), 'conflict')
    },
  )
}
