import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { createSigner } from 'fast-jwt'
import type { DialectName } from '../../src/dialects/index.ts'
import { MessengerClient } from '../dialects/messenger-client.ts'
import { ask } from '../support/channels.ts'
import { ChatappHttp, success } from '../support/chatapp.ts'
import type { Place } from '../support/clients/index.ts'
import { GroupsClient } from '../support/groups.ts'
import { ask as askRooms, RawListener, SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { type Participant, World } from './world.ts'

// A credential of one dialect opens no other, wherever and however it is presented.

const JWTSECRET = randomBytes(32).toString('base64url')

let world: World
let ann: Participant
let empty: Place
let busy: Place
before(async () => {
  world = await World.start({ JWTSECRET })
  ann = await world.join('ann')
  empty = await world.open(ann, 'rooms', { kind: 'open', others: [] })
  busy = await world.open(ann, 'rooms', { kind: 'open', others: [] })
})
after(() => world[Symbol.asyncDispose]())

const soon = () => Math.floor(Date.now() / 1000) + 60
const signed = (claims: object): string =>
  createSigner({ key: JWTSECRET, algorithm: 'HS256', noTimestamp: true })({ ...claims, exp: soon() })

/** Every credential, and near copies of some. */
const CREDENTIALS: Readonly<Record<string, { readonly opens?: DialectName; readonly token: () => string }>> =
  {
    'the secret of a rooms login': { opens: 'rooms', token: () => ann.rooms.uuid },
    "chatapp's token": { opens: 'chatapp', token: () => ann.chatapp.cookie.replace('login-token=', '') },
    "messenger's token": { opens: 'messenger', token: () => ann.messenger.api.token ?? '' },
    "channels' token": { opens: 'channels', token: () => ann.channels.token },
    "native's token": { opens: 'native', token: () => ann.native.token },
    'the public uuid': { token: () => ann.account.uuid },
    "messenger's claims under chatapp's key": { token: () => signed({ sub: String(ann.account.accountId) }) },
    "channels' claims under chatapp's key": {
      token: () => signed({ sub: String(ann.account.accountId), jti: ann.account.uuid }),
    },
    "everybody's claims under chatapp's key": {
      // The dialect of this key asks for no more claims than these.
      opens: 'chatapp',
      token: () =>
        signed({ sub: String(ann.account.accountId), jti: ann.account.uuid, username: ann.username }),
    },
  }

interface Door {
  readonly dialect: DialectName
  /** Shows it as the dialect's clients do; answers what the server says. */
  readonly show: (token: string) => Promise<unknown>
  readonly welcome: () => unknown
  readonly refusal: unknown
}

const UNKNOWN_USER = { ok: false, error: { code: 400, message: 'Unknown user' } }
const NOT_AUTHORIZED = {
  status_code: 401,
  details: { message: 'Could not validate credentials', code: 'NOT_AUTHORIZED' },
}
const PASSWORD_REQUIRED = [['user_not_authorized', { Error: 'Password required.' }]]

const DOORS: Readonly<Record<string, Door>> = {
  "rooms' header user": {
    dialect: 'rooms',
    show: (user) => readEmptyRoom({ user }),
    welcome: () => ({ ok: true, data: [] }),
    refusal: UNKNOWN_USER,
  },
  "rooms' header authorization": {
    dialect: 'rooms',
    show: (authorization) => readEmptyRoom({ authorization }),
    welcome: () => ({ ok: true, data: [] }),
    refusal: UNKNOWN_USER,
  },
  "rooms' raw TCP": { dialect: 'rooms', show: listenRaw, welcome: () => 'heard', refusal: 'closed' },
  "rooms' Socket.IO": {
    dialect: 'rooms',
    async show(uuid) {
      const socket = new SocketIoListener(world.server.url)
      const answer = await socket.auth({ uuid, room_gid: empty.gid })
      socket.end()
      return answer
    },
    welcome: () => 'acknowledged',
    refusal: 'refused',
  },
  "chatapp's cookie": {
    dialect: 'chatapp',
    async show(token) {
      const init = { headers: { cookie: `login-token=${token}` } }
      const { status, text } = await new ChatappHttp(world.server.url).call('GET', '/auth/verify', init)
      return [status, text]
    },
    welcome: () => [200, `Hello, ${ann.username}`],
    refusal: [401, 'invalid login-token'],
  },
  "chatapp's WebSocket": {
    dialect: 'chatapp',
    async show(token) {
      const client = new ChatappHttp(world.server.url).open({ cookie: `login-token=${token}` })
      const greeting = once(client.ws, 'message').then(() => client.frames[0])
      await client.send({ type: 'ping' })
      const answer = await Promise.race([client.closed, greeting])
      client.ws.terminate()
      return answer
    },
    welcome: () => success('ping', 'pong'),
    refusal: { code: 1000, reason: 'invalid login-token' },
  },
  "groups' token": {
    dialect: 'groups',
    show: (token) => findUser({ token }),
    welcome: () => undefined,
    refusal: PASSWORD_REQUIRED,
  },
  "groups' password": {
    dialect: 'groups',
    show: (password) => findUser({ password }),
    welcome: () => undefined,
    refusal: PASSWORD_REQUIRED,
  },
  "messenger's bearer": {
    dialect: 'messenger',
    async show(token) {
      const { status, body } = await new MessengerClient(world.server.url, token).get('/chat/0')
      return [status, body]
    },
    welcome: () => [
      404,
      { status_code: 404, details: { message: "This chat doesn't exist.", code: 'CHAT_DOES_NOT_EXIST' } },
    ],
    refusal: [401, NOT_AUTHORIZED],
  },
  "channels' bearer": {
    dialect: 'channels',
    async show(token) {
      const { status, body } = await ask(world.server.url, '/api/users', { token })
      return [status, body]
    },
    welcome: () => [200, [{ id: ann.account.accountId, userName: ann.username }]],
    refusal: [422, { msg: 'Signature verification failed' }],
  },
  "native's bearer": {
    dialect: 'native',
    show: (token) => seeMyself({ authorization: `Bearer ${token}` }),
    welcome: () => [200, ann.username],
    refusal: [401, 'not_authorized'],
  },
  "native's cookie": {
    dialect: 'native',
    show: (token) => seeMyself({ cookie: `parlance=${token}` }),
    welcome: () => [200, ann.username],
    refusal: [401, 'not_authorized'],
  },
}

for (const [what, { opens, token }] of Object.entries(CREDENTIALS)) {
  describe(what, () => {
    for (const [where, { dialect, show, welcome, refusal }] of Object.entries(DOORS)) {
      test(`is ${dialect === opens ? 'welcome' : 'refused'} at ${where}`, async () => {
        assert.deepEqual(await show(token()), dialect === opens ? welcome() : refusal)
      })
    }
  })
}

test('none of them signs a subscription but its own', async () => {
  const form = { socket_id: '1234.5678', channel_name: `private-notification_user_${ann.account.accountId}` }
  for (const { opens, token } of Object.values(CREDENTIALS)) {
    const { status } = await ask(world.server.url, '/api/pusher/auth', { form, token: token() })
    assert.equal(status, opens === 'channels' ? 200 : 422)
  }
})

async function seeMyself(headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${world.server.url}/v1/me`, { headers })
  const body = (await response.json()) as { username?: string; code?: string }
  return [response.status, body.username ?? body.code]
}

async function readEmptyRoom(headers: Record<string, string>): Promise<unknown> {
  const path = `/get-room-history?room_gid=${empty.gid}`
  return (await askRooms(world.server.url, path, { headers })).answer
}

/** The server says neither yes nor no: who is let in hears what is said. */
async function listenRaw(uuid: string): Promise<'heard' | 'closed'> {
  const raw = new RawListener(world.server.tcpPort ?? 0)
  raw.write(JSON.stringify({ uuid, room_gid: busy.gid }))
  await until('an outcome', async () => {
    if (raw.isClosed || raw.heard !== '') return true
    await ann.rooms.send(busy, 'is anybody there?')
    return false
  })
  raw.end()
  return raw.heard === '' ? 'closed' : 'heard'
}

async function findUser(proof: object): Promise<unknown> {
  const socket = await GroupsClient.connect(world.server.url)
  const answers = await socket.ask('find_user', { username: ann.username, ...proof })
  socket.end()
  return answers
}
