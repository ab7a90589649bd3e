import assert from 'node:assert/strict'
import { type Account, toAccountId } from '../../../src/core/types.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const TTL = 1_000_000

const open = (world: World, { accountId }: Account, digest: string, kind = 'native', max = 3) => {
  const at = world.now()
  return world.store.sessions.open({ accountId, kind, digest, at, expiresAt: at + TTL, max })
}

const alive = async ({ store }: World, digests: readonly string[], kind = 'native') => {
  const found = await Promise.all(digests.map((digest) => store.sessions.find(kind, digest)))
  return digests.filter((_, index) => found[index] !== undefined)
}

export function sessionRules(rule: Rule): void {
  rule('finds a session by its kind and digest only', async (world) => {
    const ann = await world.account('ann')
    await open(world, ann, 'one')
    const session = present(await world.store.sessions.find('native', 'one'))
    const { lastUsedAt } = session
    assert.deepEqual(session, { accountId: ann.accountId, lastUsedAt, expiresAt: lastUsedAt + TTL })
    assert.equal(await world.store.sessions.find('rooms', 'one'), undefined)
    assert.equal(await world.store.sessions.find('native', 'two'), undefined)
  })

  rule('refuses a session of nobody', async (world) => {
    const ann = await world.account('ann')
    await refuses(open(world, { ...ann, accountId: toAccountId(99) }, 'one'), 'unknown_account')
  })

  rule('lets the least recently used session go', async (world) => {
    const ann = await world.account('ann')
    for (const digest of ['one', 'two', 'three']) await open(world, ann, digest)
    const at = world.now()
    await world.store.sessions.touch('native', 'one', { at, expiresAt: at + TTL })
    await open(world, ann, 'four')
    assert.deepEqual(await alive(world, ['one', 'two', 'three', 'four']), ['one', 'three', 'four'])
  })

  rule('counts sessions by account and kind', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'rooms', 'rooms', 1)
    await open(world, bob, 'bob', 'native', 1)
    await open(world, ann, 'one', 'native', 1)
    await open(world, ann, 'two', 'native', 1)
    assert.deepEqual(await alive(world, ['bob', 'one', 'two']), ['bob', 'two'])
    assert.deepEqual(await alive(world, ['rooms'], 'rooms'), ['rooms'])
  })

  rule('moves use and expiry, and no session into being', async (world) => {
    const ann = await world.account('ann')
    await open(world, ann, 'one')
    const at = world.now()
    await world.store.sessions.touch('native', 'one', { at, expiresAt: at + 7 })
    await world.store.sessions.touch('native', 'two', { at, expiresAt: at + 7 })
    const moved = { accountId: ann.accountId, lastUsedAt: at, expiresAt: at + 7 }
    assert.deepEqual(await world.store.sessions.find('native', 'one'), moved)
    assert.equal(await world.store.sessions.find('native', 'two'), undefined)
  })

  rule('forgets expired sessions when one is opened', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const at = world.now()
    const plain = { accountId: ann.accountId, kind: 'native', at, max: 20 }
    await world.store.sessions.open({ ...plain, digest: 'short', expiresAt: at + 2 })
    await world.store.sessions.open({ ...plain, digest: 'long', expiresAt: at + TTL })
    for (const n of series(3)) await open(world, bob, `bob ${n}`)
    assert.deepEqual(await alive(world, ['short', 'long']), ['long'])
  })

  rule("ends all of an account's sessions and nobody else's when it is revoked", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'one')
    await open(world, ann, 'two', 'rooms')
    await open(world, bob, 'bob')
    await world.store.accounts.revoke(ann.accountId, { at: world.now(), disable: false })
    assert.deepEqual(await alive(world, ['one', 'bob']), ['bob'])
    assert.deepEqual(await alive(world, ['two'], 'rooms'), [])
    await open(world, ann, 'three')
    assert.deepEqual(await alive(world, ['three']), ['three'])
  })
}
