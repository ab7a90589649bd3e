import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  ask,
  NOBODY,
  NOWHERE,
  post,
  ROOMS_UUID,
  type RoomsPerson,
  refusal,
  register,
  UNKNOWN_ROOM,
  UNKNOWN_USER,
} from '../support/rooms.ts'
import { target } from '../support/server.ts'

const MALFORMED_SEND = refusal(400, 'Malformed send_message request')

const server = await target()
const { url } = server
after(() => server.close())

describe('messages over HTTP', { concurrency: true }, () => {
  test('send-message checks the user, then the request, then the room', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const send = (body: object, user = ann.uuid) => post(url, '/send-message', body, { user })
    assert.deepEqual(await send([], NOBODY), UNKNOWN_USER)
    const wrong = [null, undefined, '', 7, [], {}, 'a\0b', '\udfff']
    for (const value of wrong) {
      assert.deepEqual(await send({ room_gid: NOWHERE, msg: value }), MALFORMED_SEND, `msg: ${value}`)
      assert.deepEqual(await send({ room_gid: value, msg: 'hello' }), MALFORMED_SEND, `room_gid: ${value}`)
    }
    assert.deepEqual(await send([]), MALFORMED_SEND)
    assert.deepEqual(await send({ room_gid: gid, msg: 'x'.repeat(10_000) }), MALFORMED_SEND)
    for (const nowhere of [NOWHERE, 'x', '../../..', gid.toLowerCase() + gid, '__proto__']) {
      assert.deepEqual(await send({ room_gid: nowhere, msg: 'hello' }), UNKNOWN_ROOM)
    }
    assert.deepEqual(await send({ room_gid: gid, msg: 'hello' }), { ok: true })
  })

  test('the history has every message, oldest first, in the shape clients know', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const gid = await ann.createRoom()
    assert.deepEqual(await ann.history(gid), [])
    const before = Date.now() / 1000
    await ann.send(gid, 'hello')
    await ben.send(gid, 'héllo 👋 "\\\n')
    const [first, second, ...rest] = await ann.history(gid)
    assert.deepEqual(rest, [])
    assert.ok(first && second)
    assert.deepEqual(Object.keys(first), ['sender', 'msg'])
    assert.deepEqual(Object.keys(first.sender), ['uuid', 'username'])
    assert.deepEqual(Object.keys(first.msg), ['msgId', 'txt', 'timestamp'])
    assert.deepEqual([first.sender.username, first.msg.txt], [ann.username, 'hello'])
    assert.deepEqual([second.sender.username, second.msg.txt], [ben.username, 'héllo 👋 "\\\n'])
    assert.ok(Number.isSafeInteger(first.msg.msgId) && second.msg.msgId > first.msg.msgId)
    assert.ok(Math.abs(first.msg.timestamp - before) < 60)
    assert.ok(second.msg.timestamp > first.msg.timestamp)
  })

  test('the timestamp is a number of seconds with microseconds', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    for (const text of ['a', 'b', 'c', 'd', 'e']) await ann.send(gid, text)
    const response = await fetch(`${url}/get-room-history?room_gid=${gid}`, { headers: { user: ann.uuid } })
    const stamps = [...(await response.text()).matchAll(/"timestamp":(\d{10}\.\d+)\}/g)].map(
      ([, stamp = '']) => stamp,
    )
    assert.equal(stamps.length, 5)
    assert.ok(stamps.every((stamp) => stamp.length <= 17))
    assert.ok(stamps.some((stamp) => stamp.length === 17))
  })

  test('the history is refused in the order user, request, room', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    const history = async (query: string, user = ann.uuid) =>
      (await ask(url, `/get-room-history${query}`, { headers: { user } })).answer
    assert.deepEqual(await history('', NOBODY), UNKNOWN_USER)
    for (const query of ['', '?', '?room_gid=', `?room_gid=${gid}&room_gid=${gid}`, `?room=${gid}`]) {
      assert.deepEqual(await history(query), MALFORMED_SEND, query)
    }
    for (const query of [
      'limit=0',
      'limit=-1',
      'limit=x',
      'limit=1.5',
      'limit=',
      'before=0',
      'before=9007199254740993',
    ]) {
      assert.deepEqual(await history(`?room_gid=${gid}&${query}`), MALFORMED_SEND, query)
    }
    assert.deepEqual(await history(`?room_gid=${NOWHERE}`), UNKNOWN_ROOM)
  })

  test('the history can be paged with limit and before', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    for (const text of ['1', '2', '3', '4', '5']) await ann.send(gid, text)
    const texts = async (query: string) => (await ann.history(gid, query)).map(({ msg }) => msg.txt)
    const newest = await ann.history(gid, '&limit=2')
    assert.deepEqual(
      newest.map(({ msg }) => msg.txt),
      ['4', '5'],
    )
    const oldest = newest[0]?.msg.msgId ?? 0
    assert.deepEqual(await texts(`&limit=2&before=${oldest}`), ['2', '3'])
    assert.deepEqual(await texts(`&before=${oldest}`), ['1', '2', '3'])
    assert.deepEqual(await texts('&before=1'), [])
  })

  test('one sees oneself by the uuid of the session that asks, and others by another', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const phone = await ann.logIn()
    const gid = await ann.createRoom()
    await ann.send(gid, 'mine')
    const seen = async (person: RoomsPerson, uuid: string) =>
      (await person.history(gid, '', uuid))[0]?.sender.uuid
    assert.equal(await seen(ann, ann.uuid), ann.uuid)
    assert.equal(await seen(ann, phone), phone)
    const publicly = await seen(ben, ben.uuid)
    assert.match(publicly ?? '', ROOMS_UUID)
    assert.ok(publicly !== ann.uuid && publicly !== phone)
  })
})
