import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  NOBODY,
  NOWHERE,
  post,
  RawListener,
  ROOMS_GID,
  type RoomsPerson,
  register,
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

const raw = () => new RawListener(server.tcpPort, server.host)
const handshake = (uuid: string, gid: string) => JSON.stringify({ uuid, room_gid: gid })

describe('raw TCP', { concurrency: true }, () => {
  test('hears each message of its room, the own ones too, a line each, and nothing before', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const gid = await ann.createRoom()
    const socket = raw().write(handshake(ann.uuid, gid))
    await socket.entered(ben, gid)
    await ben.send(gid, 'from ben\nwith a second line')
    await ann.send(gid, 'from ann')
    await until('both messages', () => socket.texts.length === 2)
    assert.deepEqual(socket.texts, ['from ben\nwith a second line', 'from ann'])
    assert.deepEqual(socket.messages, (await ann.history(gid)).slice(-2))
    socket.end()
  })

  test('takes the handshake as JSON or as Python prints it, whole or in pieces', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const forms = [
      handshake(ann.uuid, gid),
      `${handshake(ann.uuid, gid)}\n`,
      ` {"room_gid" : "${gid}" ,\r\n "uuid":"${ann.uuid}", "more": [1, {"deep": null}]}`,
      `{'uuid': '${ann.uuid}', 'room_gid': '${gid}'}`,
      `{u'uuid': u'${ann.uuid}', u'room_gid': u'${gid}', 'it\\'s': "Bob's", 'ok': True, 'no': None}\n`,
    ]
    await Promise.all(
      forms.map(async (form) => {
        const socket = raw().write(form)
        await socket.entered(ann, gid)
        socket.end()
      }),
    )
    const slow = raw()
    for (const byte of handshake(ann.uuid, gid)) {
      slow.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await slow.entered(ann, gid)
    slow.end()
  })

  test('drops what the client sends later', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const socket = raw().write(`${handshake(ann.uuid, gid)}and more`)
    await socket.entered(ann, gid)
    socket.write('}{\0'.repeat(50_000))
    await ann.send(gid, 'still here')
    await until('the message', () => socket.texts.includes('still here'))
    assert.equal(socket.isClosed, false)
    socket.end()
  })

  test('closes a refused connection at once, without a byte', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const refused = [
      'hello\n',
      '{broken',
      '["uuid"]',
      '{}',
      '{"uuid": 7, "room_gid": null}',
      `{"uuid": "${ann.uuid}"}`,
      `{"room_gid": "${gid}"}`,
      handshake(NOBODY, gid),
      handshake('', gid),
      handshake(ann.uuid, NOWHERE),
      `{"padding": "${'x'.repeat(1024)}", "uuid": "${ann.uuid}", "room_gid": "${gid}"}`,
      Buffer.from([0x7b, 0xff, 0xfe]),
    ]
    await Promise.all(
      refused.map(async (bytes) => {
        const socket = raw().write(bytes)
        await socket.closed(2_000)
        assert.equal(socket.heard, '', String(bytes))
      }),
    )
  })

  test('closes a connection that has not finished its handshake after five seconds', async () => {
    const started = performance.now()
    const silent = raw()
    const unfinished = raw().write('{"uuid": ')
    const late = raw().write('{')
    const writing = setInterval(() => late.isClosed || late.write(' '), 500)
    await Promise.all([silent, unfinished, late].map((socket) => socket.closed(7_000)))
    clearInterval(writing)
    const waited = performance.now() - started
    // However late it began: the five seconds are those of the connection.
    assert.ok(waited > 4_000 && waited < 7_000, `after ${waited} ms`)
    assert.equal(silent.heard + unfinished.heard + late.heard, '')
  })

  test('answers HTTP on the same port', async () => {
    const ann = await register(url, 'ann')
    const there = `http://${server.host}:${server.tcpPort}`
    const { data } = await post(there, '/create-room', {}, { user: ann.uuid })
    assert.match((data as { room_gid: string }).room_gid, ROOMS_GID)
  })

  test('shows a session its own messages under its own uuid, however many are sent at once', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const gid = await ann.createRoom()
    const phone = await ann.logIn()
    const [laptop, mobile, other] = await Promise.all([
      raw().write(handshake(ann.uuid, gid)).entered(ann, gid),
      raw().write(handshake(phone, gid)).entered(ann, gid),
      raw().write(handshake(ben.uuid, gid)).entered(ann, gid),
    ])
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? ann : ben).send(gid, `né ${n}`)))
    for (const socket of [laptop, mobile, other])
      await until('all', () => socket.texts.filter((text) => text.startsWith('né')).length === 40)
    const uuidsOf = (socket: RawListener, { username }: RoomsPerson) =>
      new Set(
        socket.messages.filter(({ sender }) => sender.username === username).map(({ sender }) => sender.uuid),
      )
    assert.deepEqual(uuidsOf(laptop, ann), new Set([ann.uuid]))
    assert.deepEqual(uuidsOf(mobile, ann), new Set([phone]))
    assert.deepEqual(uuidsOf(other, ben), new Set([ben.uuid]))
    assert.equal(uuidsOf(other, ann).size, 1)
    assert.deepEqual(uuidsOf(laptop, ben), uuidsOf(mobile, ben))
    assert.ok(!uuidsOf(other, ann).has(ann.uuid) && !uuidsOf(other, ann).has(phone))
    for (const socket of [laptop, mobile, other]) socket.end()
  })
})
