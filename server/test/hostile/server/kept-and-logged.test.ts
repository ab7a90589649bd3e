import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spawnCheapServer } from '../../support/process.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { START_MS, until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { PASSWORD } from './person.ts'
import { openTalk } from './talk.ts'

const WORDS = 'words that are for two people only'
const WRONG = 'a wrong password that nobody has'

/** Speaks in each dialect; returns what nobody else may learn, by its name. */
async function speak(url: string): Promise<Readonly<Record<string, string>>> {
  const { ann, bob, channel } = await openTalk(url)
  const body = { from_user: ann.id, to_user: bob.id, message: WORDS, channel }
  await ask(url, '/api/send_message', body, ann.channels)
  await ask(url, '/login', { login: ann.username, password: WRONG })
  return {
    'a password': PASSWORD,
    'a wrong password': WRONG,
    'a session of rooms': ann.uuid,
    'a token of chatapp': ann.cookie.split('=')[1] ?? '',
    'a token of messenger': ann.messenger.authorization.split(' ')[1] ?? '',
    'a token of channels': ann.channels.authorization.split(' ')[1] ?? '',
    'a token of native': ann.native,
  }
}

test('no password and no token is in the database or the log, and no message in the log', async (t) => {
  const directory = await tempDir(t)
  const settings = { DBPATH: join(directory, 'chat.db'), PORT: '0', ROOMS_TCP_PORT: '0', LOG_LEVEL: 'trace' }
  const { child, output, exited } = spawnCheapServer(t, {
    ...settings,
    CORS_ALLOW_ORIGIN: 'https://chat.example',
  })
  await until('the start-up block', () => output.stdout.includes('first account'), START_MS)
  const url = /http:\/\/[\d.]+:\d+/.exec(output.stdout)?.[0] ?? ''
  const secret = await speak(url)
  // A line is written at least: what is looked through is the log.
  await fetch(`${url}/auth/login`, { method: 'POST', headers: { origin: 'https://elsewhere.example' } })
  await until('its line', () => output.stderr.includes('elsewhere.example'))
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
  const database = readdirSync(directory)
    .filter((name) => name.startsWith('chat.db'))
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('\n')
  assert.ok(database.includes(WORDS))
  for (const [what, text] of Object.entries(secret)) {
    assert.ok(text.length >= 8, what)
    assert.ok(!database.includes(text), `${what} is in the database`)
    assert.ok(!output.stderr.includes(text), `${what} is in the log`)
  }
  assert.ok(!output.stderr.includes(WORDS))
})
