import assert from 'node:assert/strict'
import type { Account, Conversation } from '../../../src/core/types.ts'
import { type Rule, series, type World } from '../world.ts'

const since = ({ store }: World, { accountId }: Account, cursor: number, limit = Number.POSITIVE_INFINITY) =>
  store.accountState.since(accountId, cursor, limit)

const cursorOf = ({ store }: World, { accountId }: Account) => store.accountState.cursor(accountId)

const membership = ({ conversationId }: Conversation, number: number, isGone = false) =>
  ({ kind: 'membership', key: `${conversationId}`, number, isGone }) as const

export function accountStateRules(rule: Rule): void {
  rule('has no number for an account of which nothing was written', async (world) => {
    const ann = await world.account('ann')
    assert.equal(await cursorOf(world, ann), 0)
    assert.deepEqual(await since(world, ann, 0), [])
  })

  rule('numbers the membership of everybody in a new conversation', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { conversation: group, touched } = await world.create('group', [ann, bob])
    assert.deepEqual(
      touched,
      [ann, bob].map(({ accountId }) => ({ accountId, ...membership(group, 1) })),
    )
    const chat = await world.private(bob, ann)
    for (const account of [ann, bob]) {
      assert.equal(await cursorOf(world, account), 2)
      assert.deepEqual(await since(world, account, 0), [membership(group, 1), membership(chat, 2)])
    }
  })

  rule('numbers nothing for a conversation that exists, nor for a member who joins again', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await world.private(ann, bob)
    const open = await world.open(ann)
    assert.deepEqual((await world.create('private', [bob, ann])).touched, [])
    assert.deepEqual((await world.join(open, ann)).touched, [])
    assert.deepEqual([await cursorOf(world, ann), await cursorOf(world, bob)], [2, 1])
  })

  rule(
    'tells by one row, with the latest number, of a membership that came, went and came again',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const [open, other] = [await world.open(ann), await world.open(ann)]
      assert.deepEqual((await world.join(open, bob)).touched, [
        { accountId: bob.accountId, ...membership(open, 1) },
      ])
      await world.join(other, bob)
      assert.deepEqual((await world.leave(open, bob)).touched, [
        { accountId: bob.accountId, ...membership(open, 3, true) },
      ])
      assert.deepEqual(await since(world, bob, 0), [membership(other, 2), membership(open, 3, true)])
      await world.join(open, bob)
      assert.deepEqual(await since(world, bob, 2), [membership(open, 4)])
      assert.equal(await cursorOf(world, ann), 2)
    },
  )

  rule('tells of what an account has missed page by page', async (world) => {
    const ann = await world.account('ann')
    for (const _ of series(7)) await world.open(ann)
    const pages = await Promise.all([0, 3, 6, 7].map((cursor) => since(world, ann, cursor, 3)))
    assert.deepEqual(
      pages.map((page) => page.map(({ number }) => number)),
      [[1, 2, 3], [4, 5, 6], [7], []],
    )
  })

  rule('draws no number for a write that is refused', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    await assert.rejects(world.join(group, bob))
    await assert.rejects(world.leave(group, bob))
    assert.deepEqual([await cursorOf(world, ann), await cursorOf(world, bob)], [1, 0])
  })
}
