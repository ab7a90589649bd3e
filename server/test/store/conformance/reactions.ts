import assert from 'node:assert/strict'
import { type Rule, refuses, series } from '../world.ts'

export function reactionRules(rule: Rule): void {
  rule('sums a message’s reactions up, and says who has changed them', async (world) => {
    const people = await world.accounts('ann', 'bob', 'cy', 'dora')
    const [ann, bob, cy, dora] = people
    const group = await world.group(...people)
    const { message, change } = await world.send(group, ann, 'one')
    const ids = people.map(({ accountId }) => accountId)
    const [a, b, c, d] = ids
    const first = await world.react(message, [ann, '👍'])
    const thumbs = (...last: unknown[]) => ({ key: '👍', count: last.length, last: last.slice(-3) })
    assert.deepEqual(first, {
      ...{ change: change + 1, isNew: true, refusals: [null] },
      ...{ reactions: [thumbs(a)], by: [{ account: a, key: '👍', added: true }] },
    })
    const more = await world.react(message, [bob, '👍'], [cy, 'no "\\'], [cy, '👍'], [dora, '👍'])
    const no = { key: 'no "\\', count: 1, last: [c] }
    assert.deepEqual(more.reactions, [thumbs(a, b, c, d), no])
    assert.deepEqual(
      more.by.map(({ account }) => account),
      [b, c, c, d],
    )
    const less = await world.react(message, [cy, '-👍'], [cy, '-no "\\'])
    assert.deepEqual(less.reactions, [thumbs(a, b, d)])
    assert.equal(
      less.by.every(({ added }) => !added),
      true,
    )
    const details = await world.details(message)
    assert.deepEqual([details.reactions, details.version], [less.reactions, less.change])
    assert.equal((await world.conversation(group)).lastChange, less.change)
    assert.equal((await world.conversation(group)).rewrites, 0)
    await world.react(message, ...people.map((one) => [one, '-👍'] as const))
    assert.deepEqual((await world.details(message)).reactions, [])
  })

  rule('draws no change where all reactions are as they were', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const { message } = await world.send(group, ann, 'one')
    const once = await world.react(message, [ann, '👍'])
    const unchanged = { ...once, isNew: false, by: [] }
    assert.deepEqual(await world.react(message, [ann, '👍']), unchanged)
    assert.deepEqual(await world.react(message, [bob, '-👍']), unchanged)
    const backAndForth = await world.react(
      message,
      [bob, 'x'],
      [bob, '-x'],
      [bob, 'y'],
      [ann, '-👍'],
      [ann, '👍'],
    )
    assert.deepEqual(backAndForth.by, [{ account: bob.accountId, key: 'y', added: true }])
    const nothing = await world.react(message, [bob, '-y'], [bob, 'y'])
    assert.deepEqual([nothing.isNew, nothing.change], [false, backAndForth.change])
  })

  rule('refuses each reaction by itself', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const [group, privately] = [await world.group(ann, bob), await world.private(ann, bob)]
    const { message } = await world.send(group, ann, 'one')
    const { refusals, by } = await world.react(
      message,
      [cy, 'a'],
      [bob, 'a'],
      ...series(20).map((n) => [ann, `${n}`] as const),
    )
    assert.deepEqual(refusals, ['unknown_message', null, ...series(19).map(() => null), 'reaction_refused'])
    assert.equal(by.length, 20)
    const known = await world.react(message, [ann, 'a'], [ann, 'new'], [ann, '-19'], [ann, 'new'])
    assert.deepEqual(known.refusals, [null, 'reaction_refused', null, null])
    const whispered = await world.send(privately, ann, 'whispered')
    await world.block(bob, ann)
    const blocked = await world.react(whispered.message, [ann, 'a'], [bob, 'a'])
    assert.deepEqual([blocked.refusals, blocked.by.length], [['message_refused', null], 1])
    await refuses(world.react({ ...message, seq: 9 }, [ann, 'a']), 'unknown_message')
  })

  rule(
    'lists an account’s own reactions by places, and forgets those to a deleted message',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const group = await world.group(ann, bob)
      const sent = []
      for (const n of series(3)) sent.push((await world.send(group, ann, `${n}`)).message)
      for (const message of sent) await world.react(message, [ann, 'b'], [ann, 'a'], [bob, 'c'])
      const own = (first: number, last: number) =>
        world.store.reactions.listOwn(ann.accountId, group.conversationId, { first, last })
      assert.deepEqual(await own(2, 3), [
        ...[
          { seq: 2, key: 'b' },
          { seq: 2, key: 'a' },
        ],
        ...[
          { seq: 3, key: 'b' },
          { seq: 3, key: 'a' },
        ],
      ])
      const [, second] = sent
      assert.ok(second)
      await world.remove(second, ann)
      assert.deepEqual(await own(1, 2), [
        { seq: 1, key: 'b' },
        { seq: 1, key: 'a' },
      ])
      assert.deepEqual((await world.details(second)).reactions, [])
      await refuses(world.react(second, [ann, 'a']), 'unknown_message')
    },
  )

  rule('logs reactions with those of now, and with the ones that each change was', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const [kept, gone] = [await world.send(group, ann, 'kept'), await world.send(group, ann, 'gone')]
    const one = await world.react(kept.message, [ann, 'a'], [bob, 'b'])
    await world.react(gone.message, [ann, 'a'])
    const last = await world.react(kept.message, [ann, '-a'])
    await world.remove(gone.message, ann)
    const logged = await world.store.changes.since(group.conversationId, one.change - 1, 9)
    const message = await world.details(kept.message)
    assert.deepEqual(message.reactions, last.reactions)
    assert.deepEqual(logged.slice(0, 3), [
      { change: one.change, kind: 'reacted', message, by: one.by },
      { ...logged[1], kind: 'reacted', message: undefined },
      { change: last.change, kind: 'reacted', message, by: last.by },
    ])
  })
}
