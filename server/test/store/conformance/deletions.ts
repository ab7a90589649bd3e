import assert from 'node:assert/strict'
import { toMessageId } from '../../../src/core/types.ts'
import { plainOf, present, type Rule, refuses, series } from '../world.ts'

export function deletionRules(rule: Rule): void {
  rule('deletes once, as a change of its own, and shows no one the message again', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { conversationId } = group
    const [one, two] = [await world.send(group, ann, 'one'), await world.send(group, ann, 'two')]
    const { messageId } = one.message
    assert.deepEqual(await world.delete(messageId, ann), { conversationId, messageId, seq: 1, change: 4 })
    await refuses(world.delete(messageId, ann), 'unknown_message')
    assert.equal(await world.store.messages.find(messageId), undefined)
    assert.deepEqual(await world.bodies(group), ['two'])
    const three = await world.send(group, ann, 'three')
    assert.deepEqual([two.message.seq, three.message.seq, three.change], [2, 3, 5])
  })

  rule('forgets the words of a deleted message', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { message } = await world.send(group, ann, 'secret', { clientId: 'c' })
    await world.delete(message.messageId, ann)
    const again = await world.send(group, ann, 'secret', { clientId: 'c' })
    assert.deepEqual([again.isNew, again.message], [false, { ...plainOf(message), body: '' }])
  })

  rule("refuses what is absent, elsewhere or another's", async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const { message } = await world.send(await world.group(ann, bob), ann, 'mine')
    await refuses(world.delete(toMessageId(99), ann), 'unknown_message')
    await refuses(world.delete(message.messageId, cy), 'unknown_message')
    await refuses(world.delete(message.messageId, bob), 'not_the_owner')
    assert.deepEqual(await world.store.messages.find(message.messageId), message)
  })

  rule('goes back to the newest message that remains, then to the last update', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = []
    for (const n of series(3)) sent.push((await world.send(group, ann, `${n}`)).message)
    const [one, two, three] = sent.map(present)
    const last = async () => {
      const listing = await world.store.conversations.findListing(ann.accountId, group.conversationId)
      const { conversation, lastMessage } = present(listing)
      return [lastMessage?.body ?? null, conversation.activityAt, conversation.lastSeq]
    }
    assert.deepEqual(await last(), ['3', three?.sentAt, 3])
    await world.delete(present(two).messageId, ann)
    assert.deepEqual(await last(), ['3', three?.sentAt, 3])
    await world.delete(present(three).messageId, ann)
    assert.deepEqual(await last(), ['1', one?.sentAt, 3])
    await world.delete(present(one).messageId, ann)
    assert.deepEqual(await last(), [null, group.updatedAt, 3])
  })
}
