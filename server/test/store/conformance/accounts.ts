import assert from 'node:assert/strict'
import { type Account, toAccountId } from '../../../src/core/types.ts'
import type { ProfileChange } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

export function accountRules(rule: Rule): void {
  rule('creates an account and finds it by id, name and address', async ({ store }) => {
    const at = 1_700_000_000_123_456
    const uuid = '5f0f3c5e-6f0e-4d43-8a5c-1f6b0f3a9d10'
    const facts = {
      uuid,
      username: 'Ann',
      displayName: 'Ann 🦊',
      email: 'Ann@Example.org',
      passwordHash: 'phc',
    }
    const ann = await store.accounts.create({ ...facts, at })
    assert.deepEqual(ann, {
      ...facts,
      ...{
        accountId: 1,
        emailConfirmed: false,
        bio: null,
        isGuest: false,
        isDisabled: false,
        isAdmin: false,
      },
      ...{ createdAt: at, updatedAt: at, lastSeenAt: at, credentialsSince: 0, currentConversationId: null },
    })
    assert.deepEqual(await store.accounts.find(ann.accountId), ann)
    assert.deepEqual(await store.accounts.findByUsername('aNN'), ann)
    assert.deepEqual(await store.accounts.findByEmail('ann@example.ORG'), ann)
  })

  rule('finds nobody by what nobody has', async ({ store }) => {
    assert.equal(await store.accounts.find(toAccountId(1)), undefined)
    assert.equal(await store.accounts.findByUsername('ann'), undefined)
    assert.equal(await store.accounts.findByEmail('ann@example.org'), undefined)
    assert.deepEqual(await store.accounts.findMany([toAccountId(1)]), [])
    assert.deepEqual(await store.accounts.findMany([]), [])
  })

  rule('refuses a name that is taken in another case or composition', async (world) => {
    await world.account('zoë')
    await refuses(world.account('ZOE\u0308'), 'name_taken', { fields: ['username'] })
  })

  rule('refuses a name that looks like another, and finds nobody by it', async (world) => {
    const alice = await world.account('Alice')
    for (const name of ['аӏісе', 'ALI\u00adCE', ' alice '])
      await refuses(world.account(name), 'name_taken', { fields: ['username'] })
    await world.account('сор')
    const { accounts } = world.store
    assert.equal(await accounts.findByUsername('cop'), undefined)
    assert.equal(await accounts.findByUsername('аӏісе'), undefined)
    assert.deepEqual(await accounts.findByUsername(' aLi\u200bce'), alice)
  })

  rule('finds a name however it is folded', async (world) => {
    const ann = await world.account('Straße  Σ')
    for (const typed of ['STRASSE Σ', 'strasse\u00a0ς', ' straße\t σ'])
      assert.deepEqual(await world.store.accounts.findByUsername(typed), ann, typed)
    await refuses(world.account('strasse σ'), 'name_taken')
  })

  rule('lets names that show nothing be told apart by their characters alone', async (world) => {
    const accounts = await world.accounts('\u200b', '\u2060')
    for (const account of accounts)
      assert.deepEqual(await world.store.accounts.findByUsername(account.username), account)
  })

  rule('names every taken field', async (world) => {
    await world.account('ann', { email: 'ann@example.org' })
    await refuses(world.account('bob', { email: 'ANN@example.org' }), 'email_taken', { fields: ['email'] })
    const both = world.account('Ann', { email: 'ann@example.org' })
    await refuses(both, 'name_taken', { fields: ['username', 'email'] })
  })

  rule("refuses a name that is another's address, and the reverse", async (world) => {
    await world.account('ann', { email: 'ann@example.org' })
    await world.account('bob@example.org')
    await refuses(world.account('ANN@example.org'), 'name_taken', { fields: ['username'] })
    await refuses(world.account('bob', { email: 'Bob@example.org' }), 'email_taken', { fields: ['email'] })
  })

  rule('lets one account have its address as its name', async (world) => {
    const ann = await world.account('ann@example.org', { email: 'ann@example.org' })
    assert.deepEqual(await world.store.accounts.findByEmail('ann@example.org'), ann)
  })

  rule('lets many accounts have no address', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    assert.notEqual(ann.accountId, bob.accountId)
  })

  rule('makes a guest of a name without a password', async (world) => {
    const guest = await world.guest('nick')
    assert.equal(guest.isGuest, true)
    assert.deepEqual(await world.store.accounts.findByUsername('Nick'), guest)
    await refuses(world.account('NICK'), 'name_taken')
  })

  rule('finds many at once, each once', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob', 'cy')
    const ids = [bob.accountId, ann.accountId, bob.accountId, toAccountId(99)]
    const found = await world.store.accounts.findMany(ids)
    assert.deepEqual(new Set(found.map(({ username }) => username)), new Set(['ann', 'bob']))
    assert.equal(found.length, 2)
  })

  rule('lists names by id in pages, without guests, the disabled and blockers', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await world.guest('nick')
    const [cy, dan] = await world.accounts('cy', 'dan')
    await world.disable(cy)
    const names = (viewer: Account, after: number, limit = 2) =>
      world.store.accounts.listNames(viewer.accountId, { after, limit })
    const nameOf = ({ accountId, username }: Account) => ({ accountId, username })
    assert.deepEqual(await names(ann, 0), [ann, bob].map(nameOf))
    assert.deepEqual(await names(ann, bob.accountId), [nameOf(dan)])
    assert.deepEqual(await names(ann, dan.accountId), [])
    await world.block(bob, ann)
    assert.deepEqual(await names(ann, 0, Number.POSITIVE_INFINITY), [ann, dan].map(nameOf))
    assert.equal((await names(dan, 0, Number.POSITIVE_INFINITY)).length, 3)
  })

  rule('lists each name once, however many there are', async (world) => {
    const people = await Promise.all(series(300).map((n) => world.account(`p${n}`)))
    const [viewer] = people
    const listed = await world.store.accounts.listNames(present(viewer).accountId, { after: 0, limit: 299 })
    assert.deepEqual(
      listed.map(({ accountId }) => accountId),
      people
        .map(({ accountId }) => accountId)
        .toSorted((a, b) => a - b)
        .slice(0, 299),
    )
  })

  profileRules(rule)
  rule(
    'replaces a hash by another one of the same password, unless a new password came first',
    async (world) => {
      const { accounts } = world.store
      const ann = await world.account('ann', { passwordHash: 'raw' })
      await accounts.find(ann.accountId)
      await accounts.replaceHash(ann.accountId, { old: 'raw', renewed: 'composed' })
      await accounts.replaceHash(ann.accountId, { old: 'raw', renewed: 'late' })
      assert.deepEqual(await accounts.find(ann.accountId), { ...ann, passwordHash: 'composed' })
    },
  )

  rule('moves the time last seen forward only', async (world) => {
    const ann = await world.account('ann')
    const at = world.now()
    await world.store.accounts.setSeen(ann.accountId, at)
    await world.store.accounts.setSeen(ann.accountId, at - 1)
    assert.deepEqual(await world.store.accounts.find(ann.accountId), { ...ann, lastSeenAt: at })
  })

  rule('voids credentials from a moment on, each time from a later one', async (world) => {
    const ann = await world.account('ann')
    const at = world.now()
    assert.equal(await world.store.accounts.revoke(ann.accountId, { at, disable: false }), at)
    // The time is that of a process whose clock is behind.
    assert.equal(await world.store.accounts.revoke(ann.accountId, { at: at - 9, disable: false }), at + 1)
    const found = present(await world.store.accounts.find(ann.accountId))
    assert.equal(found.credentialsSince, at + 1)
    assert.equal(found.isDisabled, false)
  })

  rule('refuses to void the credentials of nobody', async (world) => {
    const { store } = world
    const nobody = toAccountId(1)
    await refuses(store.accounts.revoke(nobody, { at: world.now(), disable: false }), 'unknown_account', {
      accountId: nobody,
    })
    const change = { passwordHash: 'phc', at: world.now() }
    await refuses(store.accounts.setPassword(nobody, change), 'unknown_account', { accountId: nobody })
    await store.accounts.enable(nobody)
    assert.deepEqual(await store.accounts.notices(0, 10), [])
  })

  rule('disables for good', async (world) => {
    const ann = await world.account('ann')
    await world.disable(ann)
    await world.store.accounts.revoke(ann.accountId, { at: world.now(), disable: false })
    assert.equal(present(await world.store.accounts.find(ann.accountId)).isDisabled, true)
  })

  rule('makes an account an administrator, and takes that back, but of no guest', async (world) => {
    const { accounts } = world.store
    const [ann, guest] = [await world.account('ann'), await world.guest('guest')]
    const isAdmin = async ({ accountId }: Account) => present(await accounts.find(accountId)).isAdmin
    assert.equal(await isAdmin(ann), false)
    await accounts.setAdmin(ann.accountId, true)
    assert.equal(await isAdmin(ann), true)
    assert.equal((await accounts.findByUsername('ann'))?.isAdmin, true)
    assert.equal(present((await accounts.findMany([ann.accountId]))[0]).isAdmin, true)
    const [shown] = await world.store.overview.accounts({ after: 0, limit: 1 })
    assert.equal(shown?.isAdmin, true)
    // Other processes hear of it.
    const [notice] = await accounts.notices(0, 9)
    assert.deepEqual([notice?.accountId, notice?.credentialsSince], [ann.accountId, 0])
    await accounts.setAdmin(ann.accountId, false)
    assert.equal(await isAdmin(ann), false)
    await refuses(accounts.setAdmin(guest.accountId, true), 'unknown_account')
    await accounts.setAdmin(guest.accountId, false)
    await refuses(accounts.setAdmin(toAccountId(99), false), 'unknown_account')
  })

  rule('lets a disabled account in again, with its password and without its sessions', async (world) => {
    const ann = await world.account('ann')
    await world.session(ann, 'digest')
    await world.disable(ann)
    await world.store.accounts.enable(ann.accountId)
    const found = present(await world.store.accounts.findByUsername('ann'))
    assert.equal(found.isDisabled, false)
    assert.equal(found.passwordHash, ann.passwordHash)
    assert.equal(await world.store.sessions.find('rooms', 'digest'), undefined)
  })

  rule('replaces a password and ends the sessions that the old one has opened', async (world) => {
    const ann = await world.account('ann')
    await world.session(ann, 'digest')
    const at = world.now()
    const change = { passwordHash: 'another', at }
    assert.equal(await world.store.accounts.setPassword(ann.accountId, change), at)
    const found = present(await world.store.accounts.find(ann.accountId))
    assert.deepEqual(found, { ...ann, passwordHash: 'another', updatedAt: at, credentialsSince: at })
    assert.equal(await world.store.sessions.find('rooms', 'digest'), undefined)
  })

  rule(
    'keeps one notice of each account whose credentials were changed, numbered anew each time',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const { accounts } = world.store
      assert.equal(await accounts.lastNotice(), 0)
      const at = world.now()
      await accounts.revoke(ann.accountId, { at, disable: false })
      await accounts.revoke(bob.accountId, { at, disable: true })
      const [first, second] = await accounts.notices(0, 10)
      assert.equal(first?.accountId, ann.accountId)
      assert.equal(first?.credentialsSince, at)
      assert.equal(second?.accountId, bob.accountId)
      assert.equal(await accounts.lastNotice(), second?.number)
      await accounts.setPassword(ann.accountId, { passwordHash: 'another', at: at + 5 })
      await accounts.enable(bob.accountId)
      const [third, fourth, ...none] = await accounts.notices(second?.number ?? 0, 10)
      assert.deepEqual([third?.accountId, third?.credentialsSince], [ann.accountId, at + 5])
      assert.deepEqual([fourth?.accountId, fourth?.credentialsSince], [bob.accountId, at])
      assert.deepEqual(none, [])
      assert.equal((await accounts.notices(0, 1)).length, 1)
    },
  )

  rule('gives back the names of unseen guests and keeps what they said', async (world) => {
    const { accounts } = world.store
    const ann = await world.account('ann')
    const gone = await world.guest('gone')
    const back = await world.guest('back')
    const room = await world.open(gone)
    await world.send(room, gone, 'hello')
    const since = world.now()
    await accounts.setSeen(back.accountId, since)
    assert.equal(await accounts.freeGuests(since), 1)
    assert.equal(await accounts.freeGuests(since), 0)
    assert.equal(await accounts.findByUsername('gone'), undefined)
    assert.equal(present(await accounts.find(gone.accountId)).username, 'gone')
    assert.equal(present(await accounts.findByUsername('back')).accountId, back.accountId)
    assert.equal(present(await accounts.findByUsername('ann')).accountId, ann.accountId)
    assert.notEqual((await world.guest('ɡone')).accountId, gone.accountId)
    assert.deepEqual(await world.bodies(room), ['hello'])
    assert.equal(await accounts.freeGuests(world.now() + 1), 2)
  })
}

const profile = (world: World, { accountId }: Account, change: Omit<ProfileChange, 'accountId' | 'at'>) =>
  world.store.accounts.setProfile({ ...change, accountId, at: world.now() })

function profileRules(rule: Rule): void {
  rule('sets a bio and the time of the change', async (world) => {
    const ann = await world.account('ann')
    const { touched } = await profile(world, ann, { bio: 'fox 🦊' })
    const later = present(await world.store.accounts.find(ann.accountId))
    assert.deepEqual(later, { ...ann, bio: 'fox 🦊', updatedAt: later.updatedAt })
    assert.ok(later.updatedAt > ann.updatedAt)
    assert.deepEqual(touched, [
      { accountId: ann.accountId, kind: 'profile', key: '', number: 1, isGone: false },
    ])
    assert.deepEqual((await profile(world, ann, { bio: 'fox 🦊' })).touched, [])
  })

  rule('knows a bio that was set to nothing from one that was never set', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    await profile(world, ann, { bio: '' })
    assert.equal((await world.store.accounts.find(ann.accountId))?.bio, '')
    assert.equal((await world.store.accounts.find(bob.accountId))?.bio, null)
    await profile(world, ann, { bio: null })
    assert.equal((await world.store.accounts.find(ann.accountId))?.bio, null)
  })

  rule('sets what is given of a profile, and finds the account by its new email alone', async (world) => {
    const ann = await world.account('ann', { email: 'ann@example.org' })
    await profile(world, ann, { displayName: 'Ann 🦊', email: 'Fox@example.org' })
    const later = present(await world.store.accounts.findByEmail('fox@EXAMPLE.org'))
    assert.deepEqual([later.displayName, later.email, later.bio], ['Ann 🦊', 'Fox@example.org', null])
    assert.equal(await world.store.accounts.findByEmail('ann@example.org'), undefined)
    await profile(world, ann, { email: null })
    assert.equal(await world.store.accounts.findByEmail('fox@example.org'), undefined)
    assert.equal((await world.store.accounts.find(ann.accountId))?.displayName, 'Ann 🦊')
  })

  rule(
    'takes no email that is another’s, or another’s username, but its own in another case',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      await profile(world, ann, { email: 'ann@example.org' })
      await refuses(profile(world, bob, { email: 'ANN@example.org' }), 'email_taken', { fields: ['email'] })
      await refuses(profile(world, bob, { email: 'Ann' }), 'email_taken')
      await profile(world, ann, { email: 'Ann@example.org' })
      const gone = { ...ann, accountId: toAccountId(99) }
      await refuses(profile(world, gone, { bio: 'x' }), 'unknown_account', { accountId: 99 })
    },
  )

  rule('keeps the settings of each account’s clients', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { accounts } = world.store
    const settings = JSON.stringify({ theme: 'dark', text: 'ä\u0000"' })
    const { touched } = await accounts.setSettings(ann.accountId, settings)
    assert.deepEqual(touched, [
      { accountId: ann.accountId, kind: 'settings', key: '', number: 1, isGone: false },
    ])
    assert.deepEqual((await accounts.setSettings(ann.accountId, settings)).touched, [])
    assert.equal(await accounts.findSettings(ann.accountId), settings)
    assert.equal(await accounts.findSettings(bob.accountId), null)
    await refuses(accounts.setSettings(toAccountId(99), '{}'), 'unknown_account', { accountId: 99 })
  })
}
