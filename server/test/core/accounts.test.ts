import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { MICROS_PER_SECOND } from '../../src/lib/clock.ts'
import { Passwords } from '../../src/lib/password.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'
import { CHEAP, hashOfText } from '../support/passwords.ts'

const DAY = 24 * 3600 * MICROS_PER_SECOND

test('a name is taken whatever the case, and by a guest too', async (t) => {
  const { chat } = await chatWith(t, 'Alice')
  await chat.accounts.admitGuest('Visitor')
  for (const username of ['alice', 'ALICE', 'visitor']) {
    await assert.rejects(chat.accounts.register({ username, password: PASSWORD }), { code: 'name_taken' })
  }
  await assert.rejects(chat.accounts.admitGuest('aLiCe'), { code: 'name_taken' })
})

test('a password is proved in any case of the name, and by the email where that is allowed', async (t) => {
  const { chat } = await chatWith(t)
  const email = 'ann@example.org'
  const { accountId } = await chat.accounts.register({ username: 'Ann', email, password: PASSWORD })
  const authenticate = (login: string, by: 'username' | 'username or email') =>
    chat.credentials.authenticate({ login, password: PASSWORD, by })
  assert.equal((await authenticate('aNN', 'username')).accountId, accountId)
  assert.equal((await authenticate(email.toUpperCase(), 'username or email')).accountId, accountId)
  await assert.rejects(authenticate(email, 'username'), { code: 'wrong_credentials' })
})

test('a hash of the text as it was typed still lets its owner in, who can then type it either way', async (t) => {
  const { chat, store, clock } = await chatWith(t)
  const [composed, decomposed] = ['naïve Zoë', 'naïve Zoë'.normalize('NFD')] as const
  const typings = { composed: [composed, decomposed], decomposed: [decomposed, composed], other: [composed] }
  for (const [username, typed] of Object.entries(typings)) {
    const raw = username === 'composed' ? composed : decomposed
    const facts = { uuid: randomUUID(), username, displayName: username, email: null, at: clock.nowMicros() }
    const { accountId } = await store.accounts.create({ ...facts, passwordHash: hashOfText(raw) })
    for (const password of typed)
      assert.equal(
        (await chat.credentials.authenticate({ login: username, password, by: 'username' })).accountId,
        accountId,
      )
    const { passwordHash } = (await store.accounts.find(accountId)) ?? assert.fail()
    const passwords = new Passwords(CHEAP)
    assert.equal(await passwords.prove(decomposed, passwordHash ?? undefined), 'proved', username)
  }
})

test('unknown name, wrong password, guest and disabled account are refused alike', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'gone')
  await chat.accounts.admitGuest('guest')
  await chat.credentials.disable(people.gone.accountId)
  const attempts = [
    ['nobody', PASSWORD],
    ['alice', 'wrong'],
    ['guest', ''],
    ['gone', PASSWORD],
  ] as const
  for (const [login, password] of attempts) {
    const refused = chat.credentials.authenticate({ login, password, by: 'username or email' })
    await assert.rejects(refused, { code: 'wrong_credentials', details: {} })
  }
})

test("no name may be another's email: logging in by either is never ambiguous", async (t) => {
  const { chat } = await chatWith(t, 'eve@example.org')
  const register = (username: string, email: string) =>
    chat.accounts.register({ username, email, password: PASSWORD })
  await assert.rejects(register('victim', 'eve@example.org'), { code: 'email_taken' })
  await register('victim', 'victim@example.org')
  await assert.rejects(register('Victim@example.org', 'other@example.org'), { code: 'name_taken' })
})

test('a session lives 30 days from its last use, and is worthless elsewhere', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'alice')
  const secret = await chat.sessions.open(people.alice.accountId, 'rooms')
  assert.equal(await chat.sessions.authenticate(secret, 'native'), undefined)
  assert.equal(
    await chat.sessions.authenticate(people.alice.uuid, 'rooms'),
    undefined,
    'a public uuid proves nothing',
  )
  clock.advance(29 * DAY)
  assert.equal((await chat.sessions.authenticate(secret, 'rooms'))?.username, 'alice')
  clock.advance(29 * DAY)
  assert.equal((await chat.sessions.authenticate(secret, 'rooms'))?.username, 'alice')
  clock.advance(31 * DAY)
  assert.equal(await chat.sessions.authenticate(secret, 'rooms'), undefined)
})

test('the 21st session ends the one used longest ago', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'alice')
  const { accountId } = people.alice
  const secrets: string[] = []
  for (let i = 0; i < 20; i++) secrets.push(await chat.sessions.open(accountId, 'rooms'))
  const [first = '', second = ''] = secrets
  clock.advance(DAY)
  assert.ok(await chat.sessions.authenticate(first, 'rooms'))
  const latest = await chat.sessions.open(accountId, 'rooms')
  assert.equal(await chat.sessions.authenticate(second, 'rooms'), undefined)
  for (const secret of [first, latest]) assert.ok(await chat.sessions.authenticate(secret, 'rooms'))
})

test('revoking ends every session and tells live connections; disabling also keeps the account out', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice')
  const { accountId } = people.alice
  const news = newsFor(people.alice)
  const secret = await chat.sessions.open(accountId, 'rooms')
  await chat.credentials.revoke(accountId)
  assert.equal(await chat.sessions.authenticate(secret, 'rooms'), undefined)
  const { credentialsSince = 0 } = (await chat.accounts.find(accountId)) ?? {}
  assert.ok(credentialsSince > people.alice.createdAt)
  assert.deepEqual(news, [{ type: 'account.revoked', accountId, credentialsSince }])
  await chat.credentials.disable(accountId)
  assert.equal(await chat.accounts.find(accountId), undefined)
})

test('the name of a guest unused for 90 days is free again; its messages stay', async (t) => {
  const { chat, clock } = await chatWith(t)
  const guest = await chat.accounts.admitGuest('passer-by')
  const { conversation } = await chat.conversations.createOpen(guest.accountId, 'square')
  const standing = await chat.conversations.enter(guest, conversation)
  await chat.messages.send(guest, standing, { body: 'hello' })
  clock.advance(91 * DAY)
  assert.equal(await chat.accounts.freeGuests(clock.nowMicros() - 90 * DAY), 1)
  const heir = await chat.accounts.register({ username: 'passer-by', password: PASSWORD })
  assert.notEqual(heir.accountId, guest.accountId)
  const [message] = await chat.messages.list({ conversationId: conversation.conversationId, limit: 10 })
  assert.equal(message?.senderId, guest.accountId)
})

test('the blocked cannot find the blocker, who can find them', async (t) => {
  const { chat, people } = await chatWith(t, 'alice', 'bob')
  const [alice, bob] = [people.alice.accountId, people.bob.accountId]
  await chat.contacts.block(alice, bob)
  assert.equal(await chat.accounts.findVisible(bob, { username: 'alice' }), undefined)
  assert.equal(await chat.accounts.findVisible(bob, { accountId: alice }), undefined)
  assert.equal((await chat.accounts.findVisible(alice, { username: 'bob' }))?.accountId, bob)
  const listed = await chat.accounts.list(bob, { after: 0, limit: 10 })
  assert.deepEqual(
    listed.map(({ username }) => username),
    ['bob'],
  )
  await chat.contacts.unblock(alice, bob)
  assert.ok(await chat.accounts.findVisible(bob, { username: 'alice' }))
})

test('a page of accounts is filled past those who blocked the viewer; a short one is the last', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob', 'cy', 'dan', 'eve')
  const viewer = people.cy.accountId
  for (const blocker of [people.ann, people.bob, people.eve])
    await chat.contacts.block(blocker.accountId, viewer)
  const page = async (after: number, limit: number) =>
    (await chat.accounts.list(viewer, { after, limit })).map(({ username }) => username)
  assert.deepEqual(await page(0, 2), ['cy', 'dan'])
  assert.deepEqual(await page(0, 1), ['cy'])
  assert.deepEqual(await page(viewer, 2), ['dan'])
  assert.deepEqual(await page(people.dan.accountId, 2), [])
  assert.equal((await chat.accounts.list(people.dan.accountId, { after: 0, limit: 9 })).length, 5)
})
