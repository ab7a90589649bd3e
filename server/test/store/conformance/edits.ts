import assert from 'node:assert/strict'
import { toSender } from '../../../src/core/types.ts'
import { plainOf, type Rule, refuses } from '../world.ts'

const ALL = { after: 0, limit: 99 }

export function editRules(rule: Rule): void {
  rule('shows the new text in every reading, and moves nothing else', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { conversationId } = group
    const one = await world.send(group, ann, 'one', { clientId: 'c' })
    const answer = await world.send(group, bob, 'answer', { replyTo: one.message.messageId })
    const { message, change, isNew } = await world.edit(one.message, ann, 'uno')
    assert.ok(message.editedAt !== null)
    const edited = { ...plainOf(one.message), body: 'uno', editedAt: message.editedAt }
    assert.deepEqual(message, { ...message, ...edited })
    assert.deepEqual(await world.details(message), { ...message, sender: toSender(ann) })
    assert.deepEqual([change, isNew], [answer.change + 1, true])
    assert.deepEqual(await world.bodies(group), ['uno', 'answer'])
    assert.deepEqual(await world.store.messages.find(message.messageId), edited)
    const [first] = await world.store.messages.listPlaces(conversationId, { first: 1, last: 1 })
    assert.deepEqual([first?.body, first?.editedAt], ['uno', message.editedAt])
    const again = await world.send(group, ann, 'one', { clientId: 'c' })
    assert.deepEqual([again.isNew, again.message, again.change], [false, edited, one.change])
    const { activityAt, lastSeq, lastChange } = await world.conversation(group)
    assert.deepEqual([activityAt, lastSeq, lastChange], [answer.message.sentAt, 2, change])
  })

  rule('shows the new text of the last message in listings', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await world.send(group, ann, 'one')
    const { editedAt } = (await world.edit(sent.message, ann, 'uno')).message
    const message = { ...sent.message, body: 'uno', editedAt }
    const listing = await world.store.conversations.findListing(ann.accountId, group.conversationId)
    assert.deepEqual(listing?.lastMessage, message)
    const [listed] = await world.store.conversations.list(ann.accountId, { before: world.now(), limit: 9 })
    assert.deepEqual(listed?.lastMessage, message)
  })

  rule('keeps every text that was replaced, until the message is deleted', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await world.send(group, ann, 'one')
    const { conversationId, seq } = sent.message
    assert.deepEqual(await world.store.messages.versions({ conversationId, seq }, ALL), [])
    const second = await world.edit(sent.message, ann, 'two')
    await world.edit(sent.message, ann, 'three')
    assert.deepEqual(await world.store.messages.versions({ conversationId, seq }, ALL), [
      { change: sent.change, body: 'one', writtenAt: sent.message.sentAt },
      { change: second.change, body: 'two', writtenAt: second.message.editedAt },
    ])
    const after = { after: sent.change, limit: 1 }
    const [next, ...others] = await world.store.messages.versions({ conversationId, seq }, after)
    assert.deepEqual([next?.body, others], ['two', []])
    await world.delete(sent.message.messageId, ann)
    assert.deepEqual(await world.store.messages.versions({ conversationId, seq }, ALL), [])
    assert.deepEqual(await world.bodies(group), [])
  })

  rule('takes the same text again for no edit', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await world.send(group, ann, 'one')
    const unchanged = await world.edit(sent.message, ann, 'one')
    const { version, body } = unchanged.message
    assert.deepEqual(
      [version, body, unchanged.change, unchanged.isNew],
      [sent.change, 'one', sent.change, false],
    )
    const edited = await world.edit(sent.message, ann, 'two')
    const repeated = await world.edit(sent.message, ann, 'two')
    assert.deepEqual(repeated, { ...edited, isNew: false })
    assert.equal((await world.conversation(group)).lastChange, edited.change)
  })

  rule('refuses to overwrite a text that the editor has not seen', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await world.send(group, ann, 'one')
    await world.send(group, ann, 'meanwhile')
    const edited = await world.edit(sent.message, ann, 'two', sent.change)
    await refuses(world.edit(sent.message, ann, 'three', sent.change), 'precondition_failed')
    await refuses(world.edit(sent.message, ann, 'two', edited.change - 1), 'precondition_failed')
    const { message } = await world.edit(sent.message, ann, 'three', edited.change)
    assert.equal(message.body, 'three')
  })

  rule(
    "refuses what is absent, elsewhere, deleted or another's, and whom the other has blocked",
    async (world) => {
      const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
      const [group, privately] = [await world.group(ann, bob), await world.private(ann, bob)]
      const { message } = await world.send(group, ann, 'mine')
      await refuses(world.edit({ ...message, seq: 99 }, ann, 'x'), 'unknown_message')
      await refuses(
        world.edit({ ...message, conversationId: privately.conversationId }, ann, 'x'),
        'unknown_message',
      )
      await refuses(world.edit(message, cy, 'x'), 'unknown_message')
      await refuses(world.edit(message, bob, 'x'), 'not_the_owner')
      await world.leave(group, ann)
      await refuses(world.edit(message, ann, 'x'), 'unknown_message')
      const whispered = await world.send(privately, ann, 'whispered')
      await world.block(bob, ann)
      await refuses(world.edit(whispered.message, ann, 'x'), 'message_refused')
      const regretted = await world.send(privately, bob, 'regretted')
      await world.delete(regretted.message.messageId, bob)
      await refuses(world.edit(regretted.message, bob, 'regretted'), 'unknown_message')
      assert.deepEqual(await world.bodies(group), ['mine'])
      assert.deepEqual(await world.bodies(privately), ['whispered'])
    },
  )

  rule('logs an edit with the message as it is now', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const [kept, gone] = [await world.send(group, ann, 'kept'), await world.send(group, ann, 'gone')]
    const first = await world.edit(kept.message, ann, 'kept, once')
    await world.edit(gone.message, ann, 'gone, once')
    await world.edit(kept.message, ann, 'kept, twice')
    await world.delete(gone.message.messageId, ann)
    const { conversationId } = group
    const logged = await world.store.changes.since(conversationId, first.change - 1, 9)
    const told = logged.map((each) => [each.kind, 'message' in each ? each.message?.body : undefined])
    assert.deepEqual(told, [
      ['edited', 'kept, twice'],
      ['edited', undefined],
      ['edited', 'kept, twice'],
      ['deleted', undefined],
    ])
    const [edited] = logged
    assert.ok(edited?.kind === 'edited' && edited.message)
    assert.equal(edited.message.sender.username, 'ann')
    assert.ok(edited.message.editedAt !== null)
  })
}
