import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { type TestContext, test } from 'node:test'
import { startParlance } from '../../support/server.ts'
import { ask } from './ask.ts'
import { PASSWORD, Person } from './person.ts'

type Guess = (name: string, password: string) => readonly [path: string, body: object]

const LOG_INS: Readonly<Record<string, Guess>> = {
  rooms: (login, password) => ['/login', { login, password }],
  chatapp: (username, password) => ['/auth/login', { username, password }],
  'messenger by name': (name, password) => ['/login', { usernameOrEmail: name, password }],
  'messenger by email': (name, password) => ['/login', { usernameOrEmail: `${name}@example.org`, password }],
  channels: (username, password) => ['/api/login', { username, password }],
}

/** Wrong passwords, and how many texts an older hash of each may be of, which the password alone decides. */
const WRONG = [
  ['wrong', 1],
  ['wróng', 2],
  ['wróng'.normalize('NFD'), 2],
  ['wro\u0301ng\u3000é', 3],
  // This may be the MD5 of a password, or a password that looks like one.
  ['9f86d081884c7d659a2feaa0c55ad015', 2],
] as const

/** How many passwords this process has hashed so far: nearly all of the time that a log-in takes. */
function countHashes(t: TestContext): () => number {
  let count = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'ARGON2REQUEST') count++
    },
  }).enable()
  t.after(() => hook.disable())
  return () => count
}

test('a guesser learns neither from the answer nor from its time whether there is such a user', async (t) => {
  const server = await startParlance()
  t.after(() => server.close())
  const { url } = server
  const { username } = await Person.register(url, 'ann')
  const fromMd5Client = 'a-front-end'
  const digest = { username: fromMd5Client, password: 'd131dd02c5e6eec4693d9a0698aff95c' }
  await server.chat.accounts.register({ ...digest, isFromMd5Client: true })
  const guest = 'a-guest'
  await server.chat.accounts.admitGuest(guest)
  const disabled = await server.chat.accounts.register({ username: 'gone', password: PASSWORD })
  await server.chat.credentials.disable(disabled.accountId)

  const hashes = countHashes(t)
  for (const [dialect, logIn] of Object.entries(LOG_INS)) {
    for (const [password, expected] of WRONG) {
      const answers = new Set<string>()
      for (const name of [username, fromMd5Client, 'nobody', guest, 'gone']) {
        const before = hashes()
        const { status, text } = await ask(url, ...logIn(name, password))
        answers.add(`${status} ${text}`)
        assert.equal(hashes() - before, expected, `${dialect}: ${name}`)
      }
      assert.equal(answers.size, 1, `${dialect}: ${[...answers]}`)
    }
  }
})
