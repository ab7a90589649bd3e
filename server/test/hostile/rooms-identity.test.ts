import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  ask,
  post,
  RawListener,
  type RoomsPerson,
  register,
  SocketIoListener,
  UNKNOWN_ROOM,
  UNKNOWN_USER,
} from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await startParlance()
const { url } = server
after(() => server.close())
const ann = await register(url, 'ann')

const raw = () => new RawListener(server.tcpPort ?? 0)
const handshake = (uuid: string, room: string) => JSON.stringify({ uuid, room_gid: room })

describe('nobody speaks as another', { concurrency: true }, () => {
  test('the public uuid opens nothing', async () => {
    const [ben, eve] = await Promise.all([register(url, 'ben'), register(url, 'eve')])
    const room = await ben.createRoom()
    await ben.send(room, 'hello')
    const stolen = (await eve.history(room))[0]?.sender.uuid ?? ''
    assert.deepEqual(
      await post(url, '/send-message', { room_gid: room, msg: 'I am Ben' }, { user: stolen }),
      UNKNOWN_USER,
    )
    assert.deepEqual(
      (await ask(url, `/get-room-history?room_gid=${room}`, { headers: { authorization: stolen } })).answer,
      UNKNOWN_USER,
    )
    const tcp = raw().write(handshake(stolen, room))
    await tcp.closed()
    assert.equal(await new SocketIoListener(url).auth({ uuid: stolen, room_gid: room }), 'refused')
  })

  test('each session sees its own messages as its own in a shared history, and no secret of others', async () => {
    const [ben, eve] = await Promise.all([register(url, 'ben'), register(url, 'eve')])
    const room = await ben.createRoom()
    // The history has several blocks, and more bytes than leave in one piece.
    const long = 'é'.repeat(1500)
    for (let n = 0; n < 50; n++) {
      await Promise.all([ben, eve, ben, eve].map((each) => each.send(room, `${each.username} ${long}`)))
    }
    const publicUuids = new Map([
      [ben.username, (await eve.history(room)).find(({ sender }) => sender.username === ben.username)],
      [eve.username, (await ben.history(room)).find(({ sender }) => sender.username === eve.username)],
    ])
    const sessions = [
      { who: ben, uuid: ben.uuid },
      { who: eve, uuid: eve.uuid },
      { who: ben, uuid: await ben.logIn() },
      { who: ann, uuid: ann.uuid },
    ]
    const read = async ({ who, uuid }: (typeof sessions)[number]) => {
      for (const query of ['', '&limit=3', '&limit=70']) {
        for (const { sender } of await who.history(room, query, uuid)) {
          const isOwn = sender.username === who.username
          assert.equal(sender.uuid, isOwn ? uuid : publicUuids.get(sender.username)?.sender.uuid)
        }
      }
    }
    for (let round = 0; round < 2; round++) {
      await Promise.all(sessions.map(read))
      for (const each of sessions) await read(each)
    }
  })

  test('nobody else is ever shown a secret, live or in history', async () => {
    const [ben, eve] = await Promise.all([register(url, 'ben'), register(url, 'eve')])
    const room = await ben.createRoom()
    const tcp = await raw().write(handshake(eve.uuid, room)).entered(eve, room)
    const socket = await new SocketIoListener(url).entered(eve, room)
    const bens = await new SocketIoListener(url).entered(ben, room)
    for (let n = 0; n < 20; n++) await Promise.all([ben.send(room, `${n}`), eve.send(room, `${n}`)])
    bens.end()
    await until(
      'all',
      () =>
        tcp.texts.length === 40 && socket.texts.length === 40 && socket.payloads('leave_room').length === 1,
    )
    const seen = tcp.heard + JSON.stringify(socket.log) + JSON.stringify(await eve.history(room))
    assert.ok(!seen.includes(ben.uuid))
    assert.ok(seen.includes(eve.uuid))
    for (const one of [tcp, socket]) one.end()
  })

  test('a session of another dialect opens nothing here', async () => {
    const account = await server.chat.accounts.findByUsername(ann.login)
    assert.ok(account)
    const foreign = await server.chat.sessions.open(account.accountId, 'native')
    assert.deepEqual(await post(url, '/create-room', {}, { user: foreign }), UNKNOWN_USER)
  })

  test('a room known by its gid but not open stays shut, on every way in', async () => {
    const [ben, cat, eve] = await Promise.all([
      register(url, 'ben'),
      register(url, 'cat'),
      register(url, 'eve'),
    ])
    const find = async ({ login }: RoomsPerson) =>
      (await server.chat.accounts.findByUsername(login))?.accountId ?? assert.fail()
    const opened = await server.chat.conversations.openPrivate(await find(ben), await find(cat))
    const room = opened.conversation.gid
    assert.deepEqual(await eve.send(room, 'let me in'), UNKNOWN_ROOM)
    assert.deepEqual(
      (await ask(url, `/get-room-history?room_gid=${room}`, { headers: { user: eve.uuid } })).answer,
      UNKNOWN_ROOM,
    )
    const tcp = raw().write(handshake(eve.uuid, room))
    await tcp.closed()
    assert.equal(await new SocketIoListener(url).auth({ uuid: eve.uuid, room_gid: room }), 'refused')
  })

  test('the oldest of more than twenty logins is void', async () => {
    const ben = await register(url, 'ben')
    const first = ben.uuid
    const account = await server.chat.accounts.findByUsername(ben.login)
    assert.ok(account)
    for (let n = 0; n < 20; n++) await server.chat.sessions.open(account.accountId, 'rooms')
    assert.deepEqual(await post(url, '/create-room', {}, { user: first }), UNKNOWN_USER)
  })

  test('a disabled account can neither log in nor go on', async () => {
    const ben = await register(url, 'ben')
    const room = await ben.createRoom()
    const tcp = await raw().write(handshake(ben.uuid, room)).entered(ben, room)
    const account = await server.chat.accounts.findByUsername(ben.login)
    await server.chat.credentials.disable(account?.accountId ?? assert.fail())
    await tcp.closed()
    assert.deepEqual(await ben.send(room, 'me?'), UNKNOWN_USER)
    const { error } = await post(url, '/login', { login: ben.login, password: ben.password })
    assert.equal(error?.message, 'Login or password is invalid')
  })
})
