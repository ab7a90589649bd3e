import assert from 'node:assert/strict'
import { after, before, mock, test } from 'node:test'
import PusherLibrary from 'pusher'
import type { Account } from '../../src/core/chat.ts'
import { MessengerClient } from '../dialects/messenger-client.ts'
import { ask, KEYS } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// The server starts five hours ahead. Tests set the machine's clock while it runs; the steady one goes on as ever.

const NOON = 1_700_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PASSWORD = 'correct horse'

let server: TestServer
before(async () => {
  mock.timers.enable({ apis: ['Date'], now: NOON + 5 * HOUR })
  server = await startParlance(KEYS)
})
after(async () => {
  mock.timers.reset()
  await server.close()
})

/** A way to log in, and the status of a request with the credential that it gave. */
interface LogIn {
  readonly lifeMs: number
  logIn(username: string): Promise<string>
  status(credential: string): Promise<number>
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })
const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
  (await fetch(server.url + path, { headers })).status

const DIALECTS: Readonly<Record<string, LogIn>> = {
  channels: {
    lifeMs: 15 * MINUTE,
    async logIn(username) {
      const { body } = await ask(server.url, '/api/login', { json: { username, password: PASSWORD } })
      return tokenIn(body)
    },
    status: (credential) => statusOf('/api/users', bearer(credential)),
  },
  messenger: {
    lifeMs: 2 * HOUR,
    async logIn(usernameOrEmail) {
      const json = { usernameOrEmail, password: PASSWORD }
      return tokenIn((await new MessengerClient(server.url).post('/login', json)).body)
    },
    status: (credential) => statusOf('/user/me', bearer(credential)),
  },
  chatapp: {
    lifeMs: HOUR,
    logIn: (username) => new ChatappHttp(server.url).login(username, PASSWORD),
    status: (cookie) => statusOf('/auth/verify', { cookie }),
  },
}

function tokenIn(body: unknown): string {
  const token = /"(eyJ[^"]+)"/.exec(JSON.stringify(body))?.[1]
  return token ?? assert.fail(JSON.stringify(body))
}

let registered = 0
const register = (): Promise<Account> =>
  server.chat.accounts.register({ username: `person${++registered}`, password: PASSWORD })

/** Asserts a time within 100 ms: a few things may have happened in that millisecond. */
const assertTime = (micros: number, ms: number) =>
  assert.ok(Math.abs(micros / 1000 - ms) < 100, `${micros} at ${ms}`)

const set = (ms: number) => mock.timers.setTime(ms)

const CLOCKS: Readonly<Record<string, { from: number; to: number }>> = {
  'a sleep of 20 minutes': { from: NOON, to: NOON + 20 * MINUTE },
  'a sleep of three hours': { from: NOON, to: NOON + 3 * HOUR },
  'a start five hours ahead': { from: NOON + 5 * HOUR, to: NOON },
  'a clock set back by an hour': { from: NOON, to: NOON - HOUR },
}

for (const [what, { from, to }] of Object.entries(CLOCKS)) {
  for (const [dialect, { lifeMs, logIn, status }] of Object.entries(DIALECTS)) {
    test(`after ${what} a ${dialect} token lives as long as ever, and an older one no longer`, async () => {
      set(from)
      const { username } = await register()
      const old = await logIn(username)
      assert.equal(await status(old), 200)
      set(to)
      assert.equal(await status(old), to - from < lifeMs ? 200 : 401)
      const token = await logIn(username)
      assert.equal(await status(token), 200)
      set(to + lifeMs - 5000)
      assert.equal(await status(token), 200)
      set(to + lifeMs + 5000)
      assert.equal(await status(token), 401)
    })
  }

  test(`after ${what} a message has the machine's time, and none in its conversation an earlier one`, async () => {
    set(from)
    const [ann, bob] = [await register(), await register()]
    const [old, fresh] = await Promise.all(
      [0, 1].map(() => server.chat.conversations.createGroup(ann.accountId, [bob.accountId], null)),
    )
    const send = async (made: typeof old) => {
      const { conversationId } = (made ?? assert.fail()).conversation
      const standing = await server.chat.conversations.standing(ann.accountId, conversationId)
      return (await server.chat.messages.send(ann, standing ?? assert.fail(), { body: 'x' })).sentAt
    }
    const before = await send(old)
    assertTime(before, from)
    set(to)
    const later = [await send(old), await send(old)]
    assert.ok(before < Number(later[0]) && Number(later[0]) < Number(later[1]), `${before} ${later}`)
    const made = await server.chat.conversations.createGroup(ann.accountId, [bob.accountId], null)
    assertTime(await send(made), to)
    if (to > from) assertTime(await send(fresh), to)
  })

  test(`after ${what} Pusher's HTTP API believes whoever has the right time`, async () => {
    set(from)
    const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret } = KEYS
    const library = new PusherLibrary({ appId, key, secret, host: server.host, port: String(server.port) })
    assert.equal((await library.get({ path: '/channels' })).status, 200)
    set(to)
    assert.equal((await library.get({ path: '/channels' })).status, 200)
  })

  for (const [dialect, { logIn, status }] of Object.entries(DIALECTS)) {
    test(`after ${what} a revocation voids ${dialect} tokens of before, and only those`, async () => {
      set(from)
      const { username, accountId } = await register()
      const stolen = await logIn(username)
      set(to)
      await server.chat.credentials.revoke(accountId)
      assert.equal(await status(stolen), 401)
      const token = await logIn(username)
      assert.equal(await status(token), 200)
      assert.equal(await status(stolen), 401)
      // The stolen token does not become good when the clock comes to its time again.
      if (from > to) set(from)
      assert.equal(await status(stolen), 401)
    })
  }
}
