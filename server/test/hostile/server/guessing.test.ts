import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD_COST } from '../../../src/lib/password.ts'
import { startParlance } from '../../support/server.ts'
import { ask, PASSWORD, Person } from './talk.ts'

const TRIES = 7

const LOG_INS: Readonly<Record<string, (name: string) => readonly [path: string, body: object]>> = {
  rooms: (name) => ['/login', { login: name, password: 'wrong' }],
  chatapp: (name) => ['/auth/login', { username: name, password: 'wrong' }],
  'messenger by name': (name) => ['/login', { usernameOrEmail: name, password: 'wrong' }],
  'messenger by email': (name) => ['/login', { usernameOrEmail: `${name}@example.org`, password: 'wrong' }],
  channels: (name) => ['/api/login', { username: name, password: 'wrong' }],
}

test('who guesses learns neither from the answer nor from its time whether there is such a user', async (t) => {
  const server = await startParlance({}, { passwordCost: PASSWORD_COST })
  t.after(() => server.close())
  const { url } = server
  const { username } = await Person.register(url, 'ann')
  const guest = 'a-guest'
  await server.chat.accounts.admitGuest(guest)
  const disabled = await server.chat.accounts.register({ username: 'gone', password: PASSWORD })
  await server.chat.accounts.disable(disabled.accountId)

  for (const [dialect, logIn] of Object.entries(LOG_INS)) {
    const timed = async (name: string) => {
      const startedAt = performance.now()
      const { status, text } = await ask(url, ...logIn(name))
      return { answer: `${status} ${text}`, took: performance.now() - startedAt }
    }
    const names = [username, 'nobody', guest, 'gone'] as const
    const answers = new Set<string>()
    const times = new Map<string, number[]>(names.map((name) => [name, []]))
    // By turns, so that whatever else the machine does meets all alike.
    for (let n = 0; n < TRIES; n++) {
      for (const name of names) {
        const { answer, took } = await timed(name)
        answers.add(answer)
        times.get(name)?.push(took)
      }
    }
    assert.equal(answers.size, 1, `${dialect}: ${[...answers]}`)
    // The least, which whatever else the machine does has disturbed least.
    const wrong = Math.min(...(times.get(username) ?? []))
    for (const [name, took] of times) {
      const ratio = Math.min(...took) / wrong
      assert.ok(ratio > 0.5 && ratio < 2, `${dialect}: ${name} takes ${ratio} times as long`)
    }
  }
})
