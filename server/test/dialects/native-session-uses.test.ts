import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatError } from '../../src/core/chat.ts'
import { type SessionUse, SessionUses } from '../../src/dialects/native/socket/session-uses.ts'
import { chatWith } from '../support/chat.ts'

const HOUR_MS = 3_600_000
const HOUR = HOUR_MS * 1000

test('the session of an open connection lives on for as long as the connection does', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const { secret, session } = await chat.sessions.openDetailed(accountId, 'native', {
    device: null,
    address: null,
  })
  const uses = new SessionUses(chat.sessions)
  const use: SessionUse = { accountId, sessionId: session.sessionId, notedAtMs: 0 }
  for (let hours = 1; hours <= 24 * 40; hours++) {
    clock.advance(HOUR)
    await uses.look([use], hours * HOUR_MS)
  }
  assert.ok(await chat.sessions.identify(secret, 'native'))
})

test('a use is noted once an hour', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const { session } = await chat.sessions.openDetailed(accountId, 'native', { device: null, address: null })
  const note = t.mock.method(chat.sessions, 'noteUse')
  const uses = new SessionUses(chat.sessions)
  const use: SessionUse = { accountId, sessionId: session.sessionId, notedAtMs: 0 }
  for (let minutes = 0; minutes <= 180; minutes++) await uses.look([use], minutes * 60_000)
  assert.equal(note.mock.callCount(), 3)
})

test('a use that the store does not take is noted at the next look', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const { session } = await chat.sessions.openDetailed(accountId, 'native', { device: null, address: null })
  const note = t.mock.method(chat.sessions, 'noteUse')
  note.mock.mockImplementationOnce(() => Promise.reject(new ChatError('unavailable')))
  const uses = new SessionUses(chat.sessions)
  const use: SessionUse = { accountId, sessionId: session.sessionId, notedAtMs: 0 }
  await uses.look([use], HOUR_MS)
  await uses.look([use], HOUR_MS + 60_000)
  assert.deepEqual([note.mock.callCount(), use.notedAtMs], [2, HOUR_MS + 60_000])
})
