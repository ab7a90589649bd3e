import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Chat } from '../../src/core/chat.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'

const HOUR = 3_600_000_000
const LIFE = 30 * 24 * HOUR
const VOID = { code: 'wrong_credentials' }

const logIn = (chat: Chat, { accountId }: Account, device: string | null = null) =>
  chat.sessions.openDetailed(accountId, 'native', { device, address: '192.0.2.7' })

test('a session is known by its token, to its kind, until 30 days after its last use', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann')
  const { secret, session } = await logIn(chat, people.ann, 'phone')
  assert.match(secret, /^plt_[\w-]{43}$/)
  assert.match(session.sessionId, /^[\w-]{16}$/)
  assert.deepEqual([session.device, session.address], ['phone', '192.0.2.7'])
  const found = await chat.sessions.identify(secret, 'native')
  assert.deepEqual([found?.account.username, found?.session], ['ann', session])
  assert.equal(await chat.sessions.identify(secret, 'rooms'), undefined)
  assert.equal(await chat.sessions.identify(`${secret}x`, 'native'), undefined)
  assert.equal(await chat.sessions.identify(session.sessionId, 'native'), undefined)
  clock.advance(LIFE - HOUR)
  const used = (await chat.sessions.identify(secret, 'native'))?.session
  assert.ok(used && used.expiresAt > session.expiresAt)
  assert.deepEqual(await chat.sessions.list(people.ann.accountId, 'native'), [used])
  clock.advance(LIFE)
  assert.equal(await chat.sessions.identify(secret, 'native'), undefined)
  assert.deepEqual(await chat.sessions.list(people.ann.accountId, 'native'), [])
})

test('a session in steady use is written once an hour', async (t) => {
  const { chat, store, clock, people } = await chatWith(t, 'ann')
  const { secret, session } = await logIn(chat, people.ann)
  const touch = t.mock.method(store.sessions, 'touch')
  clock.advance(HOUR - HOUR / 60)
  for (let n = 0; n < 5; n++) await chat.sessions.identify(secret, 'native')
  assert.equal(touch.mock.callCount(), 0)
  clock.advance(HOUR / 30)
  for (let n = 0; n < 5; n++) {
    const known = (await chat.sessions.identify(secret, 'native'))?.session
    assert.ok(known && known.lastUsedAt > session.lastUsedAt)
  }
  assert.equal(touch.mock.callCount(), 1)
})

test('a session lives on while a connection notes its use, and none comes back by that', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann', 'bob')
  const { accountId } = people.ann
  const { secret, session } = await logIn(chat, people.ann)
  const { sessionId } = session
  for (let n = 0; n < 3; n++) {
    clock.advance(LIFE - HOUR)
    await chat.sessions.noteUse(accountId, sessionId)
  }
  const known = await chat.sessions.identify(secret, 'native')
  assert.ok(known && known.session.lastUsedAt > session.lastUsedAt)
  await chat.sessions.noteUse(people.bob.accountId, sessionId)
  await chat.sessions.end(accountId, sessionId)
  await chat.sessions.noteUse(accountId, sessionId)
  assert.equal(await chat.sessions.identify(secret, 'native'), undefined)
})

test('an account sees its sessions of a kind, and ends them one by one', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'ann', 'bob')
  const { accountId } = people.ann
  const news = newsFor(people.ann)
  const [first, second] = [await logIn(chat, people.ann, 'first'), await logIn(chat, people.ann, 'second')]
  await chat.sessions.open(accountId, 'rooms')
  const devices = async () => (await chat.sessions.list(accountId, 'native')).map(({ device }) => device)
  assert.deepEqual(await devices(), ['second', 'first'])
  const { sessionId } = first.session
  await chat.sessions.end(people.bob.accountId, sessionId)
  assert.deepEqual([await devices(), news], [['second', 'first'], []])
  await chat.sessions.end(accountId, sessionId)
  // As does a client that got no answer: the connections may not have been told either.
  await chat.sessions.end(accountId, sessionId)
  const ended = { type: 'session.ended', accountId, sessionId }
  assert.deepEqual(news, [ended, ended])
  assert.deepEqual(await devices(), ['second'])
  assert.equal(await chat.sessions.identify(first.secret, 'native'), undefined)
  assert.equal((await chat.sessions.identify(second.secret, 'native'))?.account.accountId, accountId)
})

test('all other sessions of every kind end, and so does a session’s right to that', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const [mine, thiefs] = [await logIn(chat, people.ann), await logIn(chat, people.ann)]
  const rooms = await chat.sessions.open(accountId, 'rooms')
  const news = newsFor(people.ann)
  // Both were asked for while both sessions lived.
  const [first, second] = await Promise.allSettled(
    [mine, thiefs].map(({ session }) => chat.sessions.endOthers(accountId, session.sessionId)),
  )
  assert.equal(first?.status, 'fulfilled')
  assert.equal(second?.status === 'rejected' && second.reason.code, 'wrong_credentials')
  assert.ok(await chat.sessions.identify(mine.secret, 'native'))
  assert.equal(await chat.sessions.identify(thiefs.secret, 'native'), undefined)
  assert.equal(await chat.sessions.authenticate(rooms, 'rooms'), undefined)
  const { credentialsSince } = (await chat.accounts.find(accountId)) ?? {}
  const keptSessionId = mine.session.sessionId
  assert.deepEqual(news, [{ type: 'account.revoked', accountId, credentialsSince, keptSessionId }])
})

test('a new password keeps the session that it was set through, and a void one sets none', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const [mine, ended] = [await logIn(chat, people.ann), await logIn(chat, people.ann)]
  await chat.sessions.end(accountId, ended.session.sessionId)
  const next = 'a better passphrase'
  const change = (keep: typeof mine) =>
    chat.credentials.changePassword(accountId, { current: PASSWORD, next, keep: keep.session.sessionId })
  await assert.rejects(change(ended), VOID)
  await chat.credentials.requirePassword(accountId, PASSWORD)
  await change(mine)
  assert.ok(await chat.sessions.identify(mine.secret, 'native'))
  await chat.credentials.requirePassword(accountId, next)
})

test('a log-in that was proved before the account was logged out everywhere opens nothing', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId, username } = people.ann
  const proved = await chat.credentials.authenticate({ login: username, password: PASSWORD, by: 'username' })
  await chat.credentials.setPassword(accountId, 'a better passphrase')
  const { credentialsSince } = proved
  const late = { device: null, address: null, credentialsSince }
  await assert.rejects(chat.sessions.openDetailed(accountId, 'native', late), VOID)
  assert.deepEqual(await chat.sessions.list(accountId, 'native'), [])
})

test('a device has a name that every store keeps and people can read', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  for (const [device, kept] of [
    [' Ann’s\u0000\r\nphone\u2028', 'Ann’s phone'],
    ['x'.repeat(1_000_000), 'x'.repeat(200)],
    [`${'x'.repeat(199)}🦊`, `${'x'.repeat(199)}\ufffd`],
    ['\u0000', null],
    ['', null],
  ] as const)
    assert.equal((await logIn(chat, people.ann, device)).session.device, kept)
})
