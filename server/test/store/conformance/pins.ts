import assert from 'node:assert/strict'
import { type Rule, refuses } from '../world.ts'

export function pinRules(rule: Rule): void {
  rule('pins and unpins a message, as a change only if it changes', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { message, change } = await world.send(group, bob, 'one')
    const pinned = await world.pin(message, ann)
    const { messageId } = message
    assert.deepEqual(pinned, { messageId, change: change + 1, pinnedAt: pinned.pinnedAt, isNew: true })
    assert.deepEqual(await world.pin(message, ann), { ...pinned, isNew: false })
    const details = await world.details(message)
    assert.deepEqual([details.pinnedAt, details.version], [pinned.pinnedAt, pinned.change])
    const unpinned = await world.pin(message, ann, false)
    assert.deepEqual(unpinned, { messageId, change: change + 2, pinnedAt: null, isNew: true })
    assert.deepEqual(await world.pin(message, ann, false), { ...unpinned, isNew: false })
    const logged = await world.store.changes.since(group.conversationId, change, 9)
    assert.deepEqual(logged, [
      { kind: 'pinned', change: change + 1, seq: 1, accountId: ann.accountId, at: pinned.pinnedAt },
      {
        kind: 'unpinned',
        change: change + 2,
        seq: 1,
        accountId: ann.accountId,
        at: (logged[1] as { at: number }).at,
      },
    ])
    assert.equal((await world.conversation(group)).rewrites, 0)
  })

  rule('lists pins, the newest first, page by page, without what is deleted', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { conversationId } = group
    const sent = []
    for (const body of ['one', 'two', 'three', 'four'])
      sent.push((await world.send(group, ann, body)).message)
    const [one, two, three, four] = sent
    assert.ok(one && two && three && four)
    for (const message of [two, four, one, three]) await world.pin(message, ann)
    await world.remove(four, ann)
    await world.pin(two, ann, false)
    await world.pin(two, ann)
    const page = await world.store.pins.list(conversationId, { limit: 2 })
    assert.deepEqual(
      page.map(({ body }) => body),
      ['two', 'three'],
    )
    const last = page[1]
    assert.ok(last?.pinnedAt)
    assert.deepEqual(last, await world.details(three))
    const before = { pinnedAt: last.pinnedAt, seq: last.seq }
    const rest = await world.store.pins.list(conversationId, { before, limit: 2 })
    assert.deepEqual(
      rest.map(({ body }) => body),
      ['one'],
    )
    assert.equal((await world.details(four)).pinnedAt, null)
  })

  rule('refuses a pin to strangers, for what is gone, and to whom the other has blocked', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const [group, privately] = [await world.group(ann, bob), await world.private(ann, bob)]
    const { message } = await world.send(group, ann, 'one')
    await refuses(world.pin(message, cy), 'unknown_message')
    await refuses(world.pin({ ...message, seq: 9 }, ann), 'unknown_message')
    const { accountId: by } = ann
    const stale = { ...message, by, seen: 'admin', isPinned: true, at: world.now() } as const
    await refuses(world.store.pins.set(stale), 'conflict')
    await world.remove(message, ann)
    await refuses(world.pin(message, ann), 'unknown_message')
    const whispered = await world.send(privately, ann, 'whispered')
    assert.equal((await world.pin(whispered.message, bob)).isNew, true)
    await world.block(bob, ann)
    await refuses(world.pin(whispered.message, ann, false), 'message_refused')
  })
}
