import assert from 'node:assert/strict'
import { type Account, toAccountId } from '../../../src/core/types.ts'
import type { Numbered } from '../../../src/store/store.ts'
import { type Rule, refuses, type World } from '../world.ts'

const add = (world: World, one: Account, other: Account): Promise<Numbered> =>
  world.store.contacts.add(one.accountId, other.accountId, world.now())

const namesOf = async ({ store }: World, { accountId }: Account): Promise<readonly string[]> =>
  (await store.contacts.list(accountId)).map(({ username }) => username)

export function contactRules(rule: Rule): void {
  rule('adds contacts both ways, listed in the order they were added', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    await add(world, ann, dan)
    await add(world, cy, ann)
    await add(world, ann, bob)
    assert.deepEqual(await namesOf(world, ann), ['dan', 'cy', 'bob'])
    assert.deepEqual(await namesOf(world, bob), ['ann'])
    assert.deepEqual(await world.store.contacts.list(dan.accountId), [ann])
  })

  rule('ends a contact both ways, from either side, and lets it begin anew', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { contacts } = world.store
    const row = (one: Account, other: Account, number: number, isGone: boolean) => ({
      ...{ accountId: one.accountId, kind: 'contact', key: `${other.accountId}`, number, isGone },
    })
    const begun = await add(world, ann, bob)
    assert.deepEqual(begun.touched, [row(ann, bob, 1, false), row(bob, ann, 1, false)])
    const ended = await contacts.remove(bob.accountId, ann.accountId)
    assert.deepEqual(ended.touched, [row(bob, ann, 2, true), row(ann, bob, 2, true)])
    assert.deepEqual((await contacts.remove(ann.accountId, bob.accountId)).touched, [])
    assert.deepEqual([await namesOf(world, ann), await namesOf(world, bob)], [[], []])
    await add(world, bob, ann)
    assert.deepEqual(await namesOf(world, ann), ['bob'])
  })

  rule('numbers a block and its end for the blocker alone', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { contacts, accountState } = world.store
    const row = { accountId: ann.accountId, kind: 'block', key: `${bob.accountId}` }
    assert.deepEqual((await world.block(ann, bob)).touched, [{ ...row, number: 1, isGone: false }])
    assert.deepEqual((await world.block(ann, bob)).touched, [])
    assert.deepEqual(await contacts.blockedBy(ann.accountId, [bob.accountId]), [bob.accountId])
    assert.deepEqual(await contacts.blockedBy(bob.accountId, [ann.accountId]), [])
    const { touched } = await contacts.unblock(ann.accountId, bob.accountId)
    assert.deepEqual(touched, [{ ...row, number: 2, isGone: true }])
    assert.deepEqual((await contacts.unblock(ann.accountId, bob.accountId)).touched, [])
    assert.equal(await accountState.cursor(bob.accountId), 0)
  })

  rule('refuses a contact twice, from either side', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await add(world, ann, bob)
    await refuses(add(world, ann, bob), 'already_a_contact')
    await refuses(add(world, bob, ann), 'already_a_contact')
    assert.deepEqual(await namesOf(world, ann), ['bob'])
  })

  rule('refuses a contact who is gone or has blocked the one who adds', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { accountId } = bob
    await refuses(add(world, ann, { ...bob, accountId: toAccountId(99) }), 'unknown_account', {
      accountId: 99,
    })
    await world.block(bob, ann)
    await refuses(add(world, ann, bob), 'unknown_account', { accountId })
    assert.deepEqual(await namesOf(world, bob), [])
  })

  rule('knows who has blocked whom, one way', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const all = [ann, bob, cy].map(({ accountId }) => accountId)
    await world.block(bob, ann)
    await world.block(bob, ann)
    await world.block(cy, ann)
    const { contacts } = world.store
    assert.deepEqual(
      new Set(await contacts.blockersOf(ann.accountId, all)),
      new Set([bob.accountId, cy.accountId]),
    )
    assert.deepEqual(await contacts.blockersOf(ann.accountId, [cy.accountId]), [cy.accountId])
    assert.deepEqual(await contacts.blockersOf(ann.accountId, []), [])
    assert.deepEqual(await contacts.blockersOf(bob.accountId, all), [])
  })

  rule('knows the members of a conversation whom an account has blocked', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    const { contacts } = world.store
    const group = await world.group(ann, bob, cy)
    for (const other of [dan, cy, bob]) await world.block(ann, other)
    await world.block(bob, ann)
    const blockedBy = ({ accountId }: Account) => contacts.blockedMembers(accountId, group.conversationId)
    assert.deepEqual(await blockedBy(ann), [bob.accountId, cy.accountId])
    assert.deepEqual(await blockedBy(bob), [ann.accountId])
    assert.deepEqual(await blockedBy(cy), [])
  })

  rule('knows with whom an account shares a contact or a conversation', async (world) => {
    const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
    await world.group(ann, bob)
    await world.group(bob, dan)
    await add(world, ann, cy)
    const all = [bob, cy, dan].map(({ accountId }) => accountId)
    const known = await world.store.contacts.knownAmong(ann.accountId, [...all, toAccountId(999)])
    assert.deepEqual([...known].sort(), [bob.accountId, cy.accountId].sort())
    assert.deepEqual(await world.store.contacts.knownAmong(ann.accountId, []), [])
  })

  rule('unblocks, also who was never blocked', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { contacts } = world.store
    await world.block(bob, ann)
    await contacts.unblock(bob.accountId, ann.accountId)
    await contacts.unblock(bob.accountId, ann.accountId)
    assert.deepEqual(await contacts.blockersOf(ann.accountId, [bob.accountId]), [])
    await add(world, ann, bob)
  })
}
