import assert from 'node:assert/strict'
import { type Account, toAccountId, toSessionId } from '../../../src/core/types.ts'
import type { NewSession, SessionUse } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const TTL = 1_000_000

const open = (world: World, account: Account, digest: string, facts: Partial<NewSession> = {}) => {
  const at = world.now()
  return world.session(account, digest, { kind: 'native', at, expiresAt: at + TTL, max: 3, ...facts })
}

const touch = ({ store }: World, { accountId }: Account, id: string, use: SessionUse) =>
  store.sessions.touch(accountId, toSessionId(id), use)

const alive = async ({ store }: World, digests: readonly string[], kind = 'native') => {
  const found = await Promise.all(digests.map((digest) => store.sessions.find(kind, digest)))
  return digests.filter((_, index) => found[index] !== undefined)
}

export function sessionRules(rule: Rule): void {
  rule('finds a session by its kind and digest only', async (world) => {
    const ann = await world.account('ann')
    await open(world, ann, 'one')
    const session = present(await world.store.sessions.find('native', 'one'))
    const { createdAt } = session
    assert.deepEqual(session, {
      ...{ sessionId: 'one', accountId: ann.accountId, device: null, address: null },
      ...{ createdAt, lastUsedAt: createdAt, expiresAt: createdAt + TTL },
    })
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
    await touch(world, ann, 'one', { at, expiresAt: at + TTL })
    await open(world, ann, 'four')
    assert.deepEqual(await alive(world, ['one', 'two', 'three', 'four']), ['one', 'three', 'four'])
  })

  rule('counts sessions by account and kind', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'rooms', { kind: 'rooms', max: 1 })
    await open(world, bob, 'bob', { max: 1 })
    await open(world, ann, 'one', { max: 1 })
    assert.deepEqual(await open(world, ann, 'two', { max: 1 }), { ended: ['one'] })
    assert.deepEqual(await alive(world, ['bob', 'one', 'two']), ['bob', 'two'])
    assert.deepEqual(await alive(world, ['rooms'], 'rooms'), ['rooms'])
  })

  rule('moves use and expiry, and no session into being', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'one')
    const at = world.now()
    const use = { at, expiresAt: at + 7 }
    assert.deepEqual(await touch(world, ann, 'one', use), { kind: 'native', digest: 'one' })
    assert.equal(await touch(world, ann, 'two', use), undefined)
    assert.equal(await touch(world, bob, 'one', { at, expiresAt: at + 9 }), undefined)
    const { lastUsedAt, expiresAt } = present(await world.store.sessions.find('native', 'one'))
    assert.deepEqual([lastUsedAt, expiresAt], [at, at + 7])
    assert.equal(await world.store.sessions.find('native', 'two'), undefined)
  })

  rule('forgets expired sessions when one is opened', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const at = world.now()
    await open(world, ann, 'short', { at, expiresAt: at + 2 })
    await open(world, ann, 'long', { at, expiresAt: at + TTL })
    for (const n of series(3)) await open(world, bob, `bob ${n}`)
    assert.deepEqual(await alive(world, ['short', 'long']), ['long'])
  })

  rule("ends all of an account's sessions and nobody else's when it is revoked", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'one')
    await open(world, ann, 'two', { kind: 'rooms' })
    await open(world, bob, 'bob')
    await world.store.accounts.revoke(ann.accountId, { at: world.now(), disable: false })
    assert.deepEqual(await alive(world, ['one', 'bob']), ['bob'])
    assert.deepEqual(await alive(world, ['two'], 'rooms'), [])
    await open(world, ann, 'three')
    assert.deepEqual(await alive(world, ['three']), ['three'])
  })
  rule(
    "lists an account's live sessions of a kind, last use first, with what is known of each",
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const known = { device: 'Ann’s phone', address: '2001:db8::1' }
      await open(world, ann, 'one', known)
      for (const digest of ['two', 'three']) await open(world, ann, digest)
      await open(world, ann, 'rooms', { kind: 'rooms' })
      await open(world, bob, 'bob')
      await open(world, ann, 'expired', { expiresAt: 7, max: 9 })
      const at = world.now()
      await touch(world, ann, 'one', { at, expiresAt: at + TTL })
      const list = await world.store.sessions.list(ann.accountId, 'native', at)
      assert.deepEqual(
        list.map(({ sessionId }) => sessionId),
        ['one', 'three', 'two'],
      )
      assert.partialDeepStrictEqual(list[0], { ...known, accountId: ann.accountId, lastUsedAt: at })
      assert.deepEqual(await idsOf(world, ann), ['one', 'rooms', 'three', 'two'])
      assert.deepEqual(await world.store.sessions.list(ann.accountId, 'native', at + TTL), [])
    },
  )

  rule("ends one session of the account's own, once", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await open(world, ann, 'one')
    await open(world, ann, 'two')
    const end = ({ accountId }: Account, id: string) => world.store.sessions.end(accountId, toSessionId(id))
    assert.equal(await end(bob, 'one'), undefined)
    assert.deepEqual(await alive(world, ['one', 'two']), ['one', 'two'])
    assert.deepEqual(await end(ann, 'one'), { kind: 'native', digest: 'one' })
    assert.equal(await end(ann, 'one'), undefined)
    assert.deepEqual(await alive(world, ['one', 'two']), ['two'])
    assert.deepEqual(await idsOf(world, ann), ['two'])
  })

  rule(
    'leaves a notice of an account whose session has ended, by its end or by one too many',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const { accounts, sessions } = world.store
      const noticed = async () => (await accounts.notices(0, 9)).map(({ accountId }) => accountId)
      await open(world, ann, 'one')
      await open(world, bob, 'two')
      assert.deepEqual(await noticed(), [])
      await sessions.end(ann.accountId, toSessionId('one'))
      assert.deepEqual(await noticed(), [ann.accountId])
      await open(world, bob, 'three', { max: 1 })
      assert.deepEqual(await noticed(), [ann.accountId, bob.accountId])
      const last = await accounts.lastNotice()
      await sessions.end(ann.accountId, toSessionId('one'))
      await open(world, bob, 'four', { max: 2 })
      assert.equal(await accounts.lastNotice(), last)
    },
  )

  rule(
    'keeps one session of the account’s own when all others end, and tells who asks later',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      for (const digest of ['one', 'two']) await open(world, ann, digest)
      await open(world, bob, 'bob')
      const at = world.now()
      const keep = (id: string) => ({ sessionId: toSessionId(id), at, expiresAt: at + TTL })
      const first = await world.store.accounts.revoke(ann.accountId, {
        at,
        disable: false,
        keep: keep('one'),
      })
      assert.deepEqual(await alive(world, ['one', 'two', 'bob']), ['one', 'bob'])
      const kept = present(await world.store.sessions.find('native', 'one'))
      assert.deepEqual([kept.lastUsedAt, kept.expiresAt], [at, at + TTL])
      assert.deepEqual(await lastNotice(world), [first, 'one'])
      await world.store.accounts.enable(ann.accountId)
      assert.deepEqual(await lastNotice(world), [first, 'one'])
      // Nothing happens for one that is another account's, or is gone.
      const password = { passwordHash: 'other', old: 'hash', at: world.now() }
      for (const id of ['bob', 'two'])
        await refuses(
          world.store.accounts.setPassword(ann.accountId, { ...password, keep: keep(id) }),
          'wrong_credentials',
        )
      assert.deepEqual(await alive(world, ['one', 'bob']), ['one', 'bob'])
      const second = await world.store.accounts.setPassword(ann.accountId, { ...password, keep: keep('one') })
      assert.ok(second > first)
      assert.deepEqual(await lastNotice(world), [second, 'one'])
      const third = await world.store.accounts.revoke(ann.accountId, { at, disable: false })
      assert.deepEqual(await alive(world, ['one', 'bob']), ['bob'])
      assert.deepEqual(await lastNotice(world), [third, null])
    },
  )

  rule('opens no session on a proof from before a revocation', async (world) => {
    const ann = await world.account('ann')
    await open(world, ann, 'one', { credentialsSince: ann.credentialsSince })
    const credentialsSince = await world.store.accounts.revoke(ann.accountId, {
      at: world.now(),
      disable: false,
    })
    const late = open(world, ann, 'two', { credentialsSince: ann.credentialsSince })
    await refuses(late, 'wrong_credentials')
    await open(world, ann, 'three', { credentialsSince })
    assert.deepEqual(await alive(world, ['one', 'two', 'three']), ['three'])
  })
}

const idsOf = async ({ store }: World, { accountId }: Account) =>
  (await store.sessions.idsOf(accountId, 1_700_000_000_000_000)).toSorted()

const lastNotice = async ({ store }: World) => {
  const notices = await store.accounts.notices(0, 99)
  const last = present(notices.at(-1))
  return [last.credentialsSince, last.keptSessionId]
}
