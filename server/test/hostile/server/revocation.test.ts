import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Account, toConversationId } from '../../../src/core/chat.ts'
import { startParlance, type TestServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareWs, nativeWs, socketIo } from './bare-ws.ts'
import { type Ear, LISTEN } from './ears.ts'
import { PUSHER } from './fortress.ts'
import { PASSWORD, type Person } from './person.ts'
import { numbered } from './speaker.ts'
import { openTalk, type Talk } from './talk.ts'

interface Scene {
  readonly server: TestServer
  readonly talk: Talk
  readonly ann: Account
  readonly bob: Account
  /** All the ways to listen: bob's, who is about to be thrown out, and ann's. */
  readonly bobs: readonly Ear[]
  readonly anns: readonly Ear[]
  say(n: number): Promise<void>
}

async function scene(t: TestContext): Promise<Scene> {
  const server = await startParlance(PUSHER)
  const ears: Ear[] = []
  t.after(() => {
    for (const ear of ears) ear.end()
    return server.close()
  })
  const { url, tcpPort } = server
  const talk = await openTalk(url)
  const where = { url, tcpPort: tcpPort ?? 0 }
  const ways = Object.values(LISTEN)
  const bobs = await Promise.all(ways.map((listen) => listen(talk, where)))
  const anns = await Promise.all(ways.map((listen) => listen({ ...talk, bob: talk.ann }, where)))
  ears.push(...bobs, ...anns)
  const [ann, bob] = await Promise.all(
    [talk.ann, talk.bob].map(async ({ username }) => {
      const account = await server.chat.accounts.findByUsername(username)
      return account ?? assert.fail()
    }),
  )
  assert.ok(ann && bob)
  const say = async (n: number) => {
    const standing = await server.chat.conversations.standing(ann.accountId, toConversationId(talk.id))
    await server.chat.messages.send(ann, standing ?? assert.fail(), { body: numbered(n, 1) })
  }
  return { server, talk, ann, bob, bobs, anns, say }
}

/** Every credential of the person is refused, in every dialect. */
async function assertVoid(url: string, { gid, id, channel }: Talk, person: Person): Promise<void> {
  const history = `/get-room-history?room_gid=${gid}`
  const rooms = await ask(url, history, undefined, { user: person.uuid })
  assert.deepEqual(rooms.json.error, { code: 400, message: 'Unknown user' })
  const verify = await ask(url, '/auth/verify', undefined, { cookie: person.cookie })
  assert.deepEqual([verify.status, verify.text], [401, 'invalid login-token'])
  assert.equal((await ask(url, `/chat/${id}`, undefined, person.messenger)).status, 401)
  const channels = await ask(url, `/api/get_message/${channel}`, undefined, person.channels)
  assert.deepEqual([channels.status, channels.json], [401, { msg: 'Token has been revoked' }])
  const signing = { channel_name: channel, socket_id: '1.1' }
  assert.equal((await ask(url, '/api/pusher/auth', signing, person.channels)).status, 401)
  const ws = await new BareWs(url, '/ws', { Cookie: person.cookie }).opened()
  assert.equal(await ws.closed(), 1000)
  ws.end()
  const me = await ask(url, '/v1/me', undefined, { authorization: `Bearer ${person.native}` })
  assert.deepEqual([me.status, me.json.code], [401, 'not_authorized'])
  const native = await nativeWs(url)
  native.say(JSON.stringify({ op: 'hello', token: person.native }))
  assert.equal(await native.closed(), 4001)
  native.end()
  const socket = await socketIo(url)
  socket.say(`42["auth",${JSON.stringify({ uuid: person.uuid, room_gid: gid })}]`)
  await socket.closed()
  socket.end()
}

async function assertThrownOut({ bobs, anns, say }: Scene): Promise<void> {
  for (const ear of bobs) await until(`${ear.name} to be closed`, () => ear.isCut())
  await say(1)
  for (const { name, numbers, isCut } of anns) {
    await until(`${name} of the other`, () => numbers.includes(1))
    assert.deepEqual(numbers, [0, 1], name)
    assert.equal(isCut(), false, name)
  }
  for (const { name, numbers } of bobs) assert.deepEqual(numbers, [0], name)
}

async function before(t: TestContext): Promise<Scene> {
  const at = await scene(t)
  await at.say(0)
  for (const { name, numbers } of [...at.bobs, ...at.anns])
    await until(`${name} to hear`, () => numbers.length === 1)
  return at
}

test('revoked credentials close every live connection of the account, void every token, and hurt nobody else', async (t) => {
  const at = await before(t)
  const { server, talk, bob, bobs } = at
  await server.chat.credentials.revoke(bob.accountId)
  await assertThrownOut(at)
  assert.equal(bobs.find(({ name }) => name === 'chatapp')?.farewell(), 1000)
  assert.equal(bobs.find(({ name }) => name === 'Pusher')?.farewell(), 4009)
  assert.equal(bobs.find(({ name }) => name === 'native')?.farewell(), 4002)
  await until('nobody to be online', async () => !(await server.chat.presence.isOnline(bob.accountId)))
  await assertVoid(server.url, talk, talk.bob)
  // Tokens that are issued in the second of the revocation are void too: their times are whole seconds.
  await until('a new second', () => Date.now() / 1000 > Math.floor(bob.lastSeenAt / 1_000_000) + 3)
  await talk.bob.logIn()
  const { url } = server
  assert.equal((await ask(url, `/chat/${talk.id}`, undefined, talk.bob.messenger)).status, 200)
  assert.equal((await ask(url, '/auth/verify', undefined, { cookie: talk.bob.cookie })).status, 200)
  assert.equal((await ask(url, '/api/users', undefined, talk.bob.channels)).status, 200)
  assert.equal((await ask(url, '/create-room', {}, { user: talk.bob.uuid })).json.ok, true)
  ;(await talk.bob.chatapp()).end()
  ;(await talk.bob.nativeSocket()).end()
})

test('a disabled account is thrown out and never let in again', async (t) => {
  const at = await before(t)
  const { server, talk, bob } = at
  const { url } = server
  await server.chat.credentials.disable(bob.accountId)
  await assertThrownOut(at)
  const { username } = talk.bob
  const logIns = [
    await ask(url, '/login', { login: username, password: PASSWORD }),
    await ask(url, '/auth/login', { username, password: PASSWORD }),
    await ask(url, '/login', { usernameOrEmail: username, password: PASSWORD }),
    await ask(url, '/api/login', { username, password: PASSWORD }),
    await ask(url, '/v1/sessions', { login: username, password: PASSWORD }),
  ]
  const wrong = [
    await ask(url, '/login', { login: username, password: 'wrong' }),
    await ask(url, '/auth/login', { username, password: 'wrong' }),
    await ask(url, '/login', { usernameOrEmail: username, password: 'wrong' }),
    await ask(url, '/api/login', { username, password: 'wrong' }),
    await ask(url, '/v1/sessions', { login: username, password: 'wrong' }),
  ]
  const answers = (given: typeof logIns) =>
    given.map(({ status, json: { instance: _, ...said } }) => [status, said])
  assert.deepEqual(answers(logIns), answers(wrong), 'as if the password were wrong')
  const groups = await socketIo(url)
  groups.say(`42${JSON.stringify(['find_user', { username, password: PASSWORD }])}`)
  await groups.heard('user_not_authorized')
  groups.end()
})

test('connections that come while the credentials are revoked do not slip through', async (t) => {
  const { server, talk, bob } = await scene(t)
  const { url } = server
  const hello = JSON.stringify({ op: 'hello', token: talk.bob.native })
  const opening = Array.from({ length: 30 }, async (_, n) => {
    if (n % 3 === 0) return (await nativeWs(url)).say(hello)
    if (n % 3 === 1) return new BareWs(url, '/ws', { Cookie: talk.bob.cookie }).opened()
    const ws = await socketIo(url)
    return ws.say(`42["auth",${JSON.stringify({ uuid: talk.bob.uuid, room_gid: talk.gid })}]`)
  })
  await opening[0]
  await server.chat.credentials.revoke(bob.accountId)
  for (const ws of await Promise.all(opening)) {
    await ws.closed()
    ws.end()
  }
  await until('nobody to be online', async () => !(await server.chat.presence.isOnline(bob.accountId)))
})
