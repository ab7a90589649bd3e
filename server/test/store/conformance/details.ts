import assert from 'node:assert/strict'
import { toSender } from '../../../src/core/types.ts'
import { type Rule, refuses, series } from '../world.ts'

const BARE = {
  ...{ format: 'plain', thread: null, replyToSeq: null, replyCount: 0, lastReplySeq: null },
  ...{ mentions: [], reactions: [], pinnedAt: null, deletedAt: null },
}

export function detailRules(rule: Rule): void {
  rule('lists all that is kept of each message, also of what it quotes', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const one = await world.send(group, ann, 'Grüße 👋🏽 '.repeat(99), { clientId: 'c' })
    const answer = await world.send(group, bob, 'answer', { replyTo: one.message.messageId })
    assert.deepEqual(await world.store.messages.listDetails(conversationId, { first: 1, last: 9 }), [
      { ...one.message, ...BARE, version: one.change, clientId: 'c', sender: toSender(ann) },
      {
        ...answer.message,
        ...BARE,
        version: answer.change,
        clientId: null,
        replyToSeq: 1,
        sender: toSender(bob),
      },
    ])
    assert.deepEqual(await world.store.messages.listDetails(conversationId, { first: 3, last: 9 }), [])
  })

  rule('lists tombstones in their places, with the change that touched each message last', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { conversationId } = group
    const sent = []
    for (const n of series(4)) sent.push(await world.send(group, ann, `${n}`))
    const [first, second, third] = sent
    assert.ok(first && second && third)
    const edited = await world.edit(first.message, ann, 'edited')
    const deleted = await world.delete(second.message.messageId, ann)
    const removed = await world.remove(third.message, ann)
    const listed = await world.store.messages.listDetails(conversationId, { first: 1, last: 4 })
    assert.deepEqual(
      listed.map(({ body, version, deletedAt }) => [body, version, deletedAt !== null]),
      [
        ['edited', edited.change, false],
        ['', deleted.change, true],
        ['', removed.change, true],
        ['4', 5, false],
      ],
    )
    const some = await world.store.messages.listDetails(conversationId, { first: 2, last: 3 })
    assert.deepEqual(some, listed.slice(1, 3))
    assert.equal(some[1]?.deletedAt, removed.deletedAt)
  })

  rule('removes the message in a place, once', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const { message } = await world.send(group, ann, 'one', { clientId: 'c' })
    await refuses(world.remove({ ...message, seq: 9 }, ann), 'unknown_message', { conversationId, seq: 9 })
    await refuses(world.remove(message, cy), 'unknown_message')
    await refuses(world.remove(message, bob), 'not_the_owner', { conversationId, seq: 1 })
    const { deletedAt, ...removed } = await world.remove(message, ann)
    assert.deepEqual(removed, {
      conversationId,
      messageId: message.messageId,
      seq: 1,
      change: 3,
      isNew: true,
    })
    assert.deepEqual(await world.remove(message, ann), { ...removed, deletedAt, isNew: false })
    assert.equal((await world.conversation(group)).lastChange, 3)
    const tombstone = await world.details(message)
    assert.deepEqual([tombstone.body, tombstone.clientId, tombstone.deletedAt], ['', 'c', deletedAt])
    await refuses(world.remove(message, cy), 'unknown_message')
    const second = await world.send(group, ann, 'two')
    await refuses(world.remove(second.message, bob, { seen: 'moderator', mayBeAnothers: true }), 'conflict')
    assert.equal((await world.remove(second.message, bob, { mayBeAnothers: true })).isNew, true)
  })

  rule('counts the rewrites of a conversation: edits and deletions, and nothing else', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const room = await world.open(ann)
    const rewrites = async () => (await world.conversation(room)).rewrites
    const [one, two] = [await world.send(room, ann, 'one'), await world.send(room, ann, 'two')]
    await world.join(room, bob)
    await world.leave(room, bob)
    assert.equal(await rewrites(), 0)
    await world.edit(one.message, ann, 'uno')
    await world.edit(one.message, ann, 'uno')
    assert.equal(await rewrites(), 1)
    await world.delete(one.message.messageId, ann)
    await world.remove(two.message, ann)
    await world.remove(two.message, ann)
    assert.equal(await rewrites(), 3)
  })
}
