import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  NOBODY,
  NOWHERE,
  post,
  RawListener,
  ROOMS_UUID,
  register,
  SOCKET_IO_KINDS,
  SocketIoListener,
  uniqueName,
} from '../support/rooms.ts'
import { type Target, target } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: Target
let url: string
before(async () => {
  server = await target()
  url = server.url
})
after(() => server.close())

const PAGE = 'https://chat.example.org'

const PORTS = {
  'the main port': () => url,
  'the raw TCP port': () => `http://${server.host}:${server.tcpPort}`,
}

for (const version of [3, 4]) {
  const polling = (method: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/socket.io/?EIO=${version}&transport=polling`, {
      method,
      headers: { origin: PAGE, ...headers },
    })

  test(`pages of any origin may poll with credentials, over engine.io ${version}`, async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await polling(method)
      assert.equal(headers.get('access-control-allow-origin'), PAGE, method)
      assert.equal(headers.get('access-control-allow-credentials'), 'true', method)
      assert.match(headers.get('vary') ?? '', /Origin/)
    }
  })

  test(`pages may poll with headers that their client adds, over engine.io ${version}`, async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-token' }
    const { headers } = await polling('OPTIONS', asked)
    assert.equal(headers.get('access-control-allow-headers'), 'x-token')
  })
}

test('pollers of client versions 1 and 2 are sent ASCII, as version 1 can read nothing else', async () => {
  const login = uniqueName('zoe')
  const account = { login, password: 'correct horse', username: 'Zoë 👋' }
  await post(url, '/register', account)
  const ann = await register(url, 'ann')
  const gid = await ann.createRoom()
  const { data } = await post(url, '/login', account)
  const { uuid } = data as { uuid: string }
  const address = `${url}/socket.io/?EIO=3&transport=polling`
  const opening = await (await fetch(address)).text()
  const polling = `${address}&sid=${/"sid":"([^"]+)"/.exec(opening)?.[1]}`
  const packet = `42${JSON.stringify(['auth', { uuid, room_gid: gid }])}`
  await fetch(polling, { method: 'POST', body: `${packet.length}:${packet}` })
  let heard = ''
  await until('the arrival', async () => {
    heard += await (await fetch(polling)).text()
    return heard.includes('join_room')
  })
  assert.equal(Buffer.byteLength(heard), heard.length)
  const [, payload = ''] = /\["join_room",(\{[^}]*\})\]/.exec(heard) ?? []
  assert.equal(JSON.parse(payload).user, account.username)
})

for (const kind of SOCKET_IO_KINDS) {
  for (const [name, there] of Object.entries(PORTS)) {
    describe(`${kind}, on ${name}`, { concurrency: true }, () => {
      test('auth is acknowledged without arguments before the first event', async () => {
        const ann = await register(url, 'ann')
        const gid = await ann.createRoom()
        const socket = new SocketIoListener(there(), kind)
        assert.equal(await socket.auth(JSON.stringify({ uuid: ann.uuid, room_gid: gid })), 'acknowledged')
        await until('the own arrival', () => socket.log.length === 2)
        const [ack, [event, payload] = []] = socket.log
        assert.deepEqual(ack, ['ack', []])
        assert.equal(event, 'join_room')
        const { user, uuid } = payload as { user: string; uuid: string }
        assert.equal(user, ann.username)
        assert.match(uuid, ROOMS_UUID)
        assert.notEqual(uuid, ann.uuid)
        socket.end()
      })

      test('everyone in the room hears comings, messages and goings', async () => {
        const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
        const gid = await ann.createRoom()
        const first = await new SocketIoListener(there(), kind).entered(ann, gid)
        const second = await new SocketIoListener(url).entered(ben, gid)
        await until('the arrival', () => first.payloads('join_room').length === 1)
        const { user } = first.payloads('join_room')[0] as { user: string }
        assert.equal(user, ben.username)
        await ann.send(gid, 'héllo 👋')
        await ben.send(gid, 'hi')
        for (const socket of [first, second]) await until('both', () => socket.texts.length === 2)
        const [mine, theirs] = await ann.history(gid)
        assert.deepEqual(first.messages, [mine, theirs])
        assert.deepEqual(second.messages, await ben.history(gid))
        second.end()
        await until('the departure', () => first.payloads('leave_room').length === 1)
        assert.deepEqual(first.payloads('leave_room'), first.payloads('join_room'))
        first.end()
      })

      test('a refused client is disconnected without an acknowledgement', async () => {
        const ann = await register(url, 'ann')
        const gid = await ann.createRoom()
        const passes = [
          { uuid: NOBODY, room_gid: gid },
          { uuid: ann.uuid, room_gid: NOWHERE },
          { uuid: ann.uuid },
          'not json',
          null,
        ]
        await Promise.all(
          passes.map(async (pass) => {
            const socket = new SocketIoListener(there(), kind)
            assert.equal(await socket.auth(pass), 'refused')
            assert.deepEqual(socket.log, [['disconnect', 'io server disconnect']])
          }),
        )
      })
    })
  }
}

describe('Socket.IO', { concurrency: true }, () => {
  test('auth takes an object as well as the JSON of one', async () => {
    const ann = await register(url, 'ann')
    const socket = new SocketIoListener(url)
    assert.equal(await socket.auth({ uuid: ann.uuid, room_gid: await ann.createRoom() }), 'acknowledged')
    socket.end()
  })

  test('one socket may be in several rooms, and leaves them all', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const [here, there] = await Promise.all([ann.createRoom(), ann.createRoom()])
    const socket = await new SocketIoListener(url).entered(ann, here)
    await socket.entered(ann, there)
    const witness = await new SocketIoListener(url).entered(ben, here)
    const other = await new SocketIoListener(url).entered(ben, there)
    socket.log.length = 0
    await ben.send(here, 'one')
    await ben.send(there, 'two')
    await until('both', () => socket.texts.length === 2)
    assert.deepEqual(socket.texts, ['one', 'two'])
    socket.end()
    for (const left of [witness, other]) {
      await until('the departure', () => left.payloads('leave_room').length === 1)
      left.end()
    }
  })

  test('auth again for the same room is acknowledged, and announces nobody twice', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const gid = await ann.createRoom()
    const witness = await new SocketIoListener(url).entered(ben, gid)
    const socket = await new SocketIoListener(url).entered(ann, gid)
    const secrets = [ann.uuid, ann.uuid, await ann.logIn()]
    for (const uuid of secrets) assert.equal(await socket.auth({ uuid, room_gid: gid }), 'acknowledged')
    await ben.send(gid, 'after that')
    for (const each of [witness, socket]) await until('the message', () => each.texts.length === 1)
    assert.equal(witness.payloads('join_room').length, 1)
    assert.deepEqual(socket.payloads('join_room'), [])
    socket.end()
    await until('the departure', () => witness.payloads('leave_room').length > 0)
    await ben.send(gid, 'and that')
    await until('the message', () => witness.texts.length === 2)
    assert.equal(witness.payloads('leave_room').length, 1)
    witness.end()
  })

  test('one socket may be in a room as one after another, and the one before has left', async () => {
    const [ann, ben, eve] = await Promise.all(['ann', 'ben', 'eve'].map((name) => register(url, name)))
    assert.ok(ann && ben && eve)
    const room = await eve.createRoom()
    const witness = await new SocketIoListener(url).entered(eve, room)
    const socket = await new SocketIoListener(url).entered(ann, room)
    for (const who of [ben, ben]) await socket.auth({ uuid: who.uuid, room_gid: room })
    socket.end()
    await until('both departures', () => witness.payloads('leave_room').length === 2)
    const [first, ...others] = witness.payloads('join_room')
    assert.deepEqual(witness.payloads('leave_room'), [first, others[0]])
    witness.end()
  })

  test('a newcomer while others talk misses nothing after the acknowledgement, and hears nothing twice', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    let isTalking = true
    const talk = async () => {
      for (let n = 0; isTalking && n < 2_000; n++) await ann.send(gid, `${n}`)
    }
    const talking = Promise.all([talk(), talk()])
    const sockets = await Promise.all(
      SOCKET_IO_KINDS.map(async (kind) => {
        const socket = new SocketIoListener(url, kind)
        await socket.auth({ uuid: ann.uuid, room_gid: gid })
        await until('some messages', () => socket.messages.length > 20)
        return socket
      }),
    )
    isTalking = false
    await talking
    const sent = (await ann.history(gid)).map(({ msg }) => msg.msgId)
    for (const socket of sockets) {
      await until('the last', () => socket.messages.at(-1)?.msg.msgId === sent.at(-1))
      const heard = socket.messages.map(({ msg }) => msg.msgId)
      assert.deepEqual(heard, sent.slice(sent.indexOf(heard[0] ?? 0)))
      assert.equal(socket.log[0]?.[0], 'ack')
      socket.end()
    }
  })

  test('raw clients hear messages only, not who comes and goes', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const raw = new RawListener(server.tcpPort, server.host)
    await raw.write(JSON.stringify({ uuid: ann.uuid, room_gid: gid })).entered(ann, gid)
    const socket = await new SocketIoListener(url).entered(ann, gid)
    await ann.send(gid, 'only this')
    await until('the message', () => raw.texts.length > 0)
    assert.deepEqual(raw.texts, ['only this'])
    for (const end of [raw, socket]) end.end()
  })
})
