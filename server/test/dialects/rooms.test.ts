import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import {
  ask,
  post,
  ROOMS_GID,
  ROOMS_UUID,
  type RoomsPerson,
  refusal,
  register,
  UNKNOWN_ROOM,
  UNKNOWN_USER,
  uniqueName,
} from '../support/rooms.ts'
import { startParlance, type Target, type TestServer, target } from '../support/server.ts'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const NOWHERE = 'zzzzzzzz'
const INVALID_DATA = refusal(400, 'Invalid data.')
const MALFORMED_SEND = refusal(400, 'Malformed send_message request')

let server: Target
let url: string
before(async () => {
  server = await target()
  url = server.url
})
after(() => server.close())

describe('HTTP', { concurrency: true }, () => {
  test('register answers ok without data', async () => {
    const [login, password] = [uniqueName('ann'), 'secret']
    assert.deepEqual(await post(url, '/register', { login, password, username: 'Ann' }), { ok: true })
  })

  test('register wants a non-empty login, password and username', async () => {
    const malformed = refusal(400, 'Malformed register_user request')
    const good = { login: uniqueName('ann'), password: 'secret', username: 'Ann' }
    for (const key of ['login', 'password', 'username'] as const) {
      for (const value of [
        '',
        undefined,
        null,
        7,
        true,
        [],
        {},
        { $ne: '' },
        'a\0b',
        '\ud800',
        'x'.repeat(9000),
      ]) {
        // Without its `login` a body on the shared route is another dialect's.
        if (key === 'login' && value === undefined) continue
        assert.deepEqual(
          await post(url, '/register', { ...good, [key]: value }),
          malformed,
          `${key}: ${value}`,
        )
      }
    }
  })

  test('register refuses a login that exists, whatever its case, but not a username', async () => {
    const ann = await register(url, 'ann')
    const { login, username } = ann
    const again = { login: login.toUpperCase(), password: 'other', username: 'Other' }
    assert.deepEqual(await post(url, '/register', again), refusal(400, 'User already exists'))
    const namesake = { login: uniqueName('namesake'), password: 'other', username }
    assert.deepEqual(await post(url, '/register', namesake), { ok: true })
  })

  test('login answers the display name and a uuid, a fresh one each time', async () => {
    const ann = await register(url, 'ann')
    const credentials = { login: ann.login, password: ann.password }
    const { ok, data } = await post(url, '/login', credentials)
    assert.ok(ok)
    const { username, uuid, ...rest } = data as { username: string; uuid: string }
    assert.equal(username, ann.username)
    assert.match(uuid, ROOMS_UUID)
    assert.deepEqual(rest, {})
    assert.notEqual(uuid, await ann.logIn())
  })

  test('login wants a non-empty login and password', async () => {
    const malformed = refusal(400, 'Malformed login_user request')
    for (const body of [
      {},
      [],
      'null',
      '7',
      '"text"',
      { login: 'ann' },
      { password: 'x' },
      { login: '', password: 'x' },
    ]) {
      assert.deepEqual(await post(url, '/login', body), malformed, JSON.stringify(body))
    }
  })

  test('login answers an unknown login and a wrong password alike', async () => {
    const ann = await register(url, 'ann')
    const invalid = refusal(400, 'Login or password is invalid')
    assert.deepEqual(await post(url, '/login', { login: ann.login, password: 'wrong' }), invalid)
    assert.deepEqual(await post(url, '/login', { login: uniqueName('nobody'), password: 'wrong' }), invalid)
  })

  test('a body that is not JSON is refused before anything else', async () => {
    for (const path of ['/login', '/create-room', '/send-message']) {
      for (const body of [
        '',
        '{',
        '{"login": "a"',
        'login=a',
        "{'login': 'a'}",
        Buffer.from([0x22, 0xff, 0x22]),
      ]) {
        assert.deepEqual(await post(url, path, body), INVALID_DATA, `${path} ${body}`)
      }
    }
  })

  test('a body may come under any content type, or none', async () => {
    const ann = await register(url, 'ann')
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      ';;',
      'application/json',
    ]) {
      const answer = await post(url, '/create-room', '[]', { user: ann.uuid, 'content-type': type })
      assert.ok(answer.ok, type)
    }
  })

  test('create-room takes any JSON and names the room in eight unmistakable characters', async () => {
    const ann = await register(url, 'ann')
    for (const body of ['{}', '[]', 'null', '0', '"x"']) {
      const { data } = await post(url, '/create-room', body, { user: ann.uuid })
      assert.match((data as { room_gid: string }).room_gid, ROOMS_GID)
    }
    assert.deepEqual(await post(url, '/create-room', {}), UNKNOWN_USER)
    assert.deepEqual(await post(url, '/create-room', {}, { user: NOBODY }), UNKNOWN_USER)
  })

  test('the credential may come in `authorization`, as it is', async () => {
    const { uuid } = await register(url, 'ann')
    assert.ok((await post(url, '/create-room', {}, { authorization: uuid })).ok)
    assert.ok((await post(url, '/create-room', {}, { authorization: uuid, user: '' })).ok)
    assert.deepEqual(await post(url, '/create-room', {}, { authorization: `Bearer ${uuid}` }), UNKNOWN_USER)
  })

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

  test('any origin may call, without credentials', async () => {
    const preflight = await fetch(`${url}/send-message`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'user,authorization,content-type',
      },
    })
    assert.ok(preflight.ok)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/)
    const allowed = preflight.headers.get('access-control-allow-headers')?.toLowerCase() ?? ''
    for (const header of ['user', 'authorization', 'content-type']) assert.ok(allowed.includes(header))
    const { headers } = await ask(url, '/create-room', {
      method: 'POST',
      body: '{}',
      headers: { origin: 'https://elsewhere.example' },
    })
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('access-control-allow-credentials'), null)
  })

  test('a wrong method is a 405 that names the right one', async () => {
    const { status, headers, answer } = await ask(url, '/create-room')
    assert.equal(status, 405)
    assert.equal(headers.get('allow'), 'POST')
    assert.deepEqual(answer, refusal(405, 'Method not allowed.'))
  })

  test('a body that is too large is invalid data', async () => {
    const { status, answer } = await ask(url, '/create-room', {
      method: 'POST',
      body: `"${'x'.repeat(300_000)}"`,
    })
    assert.deepEqual([status, answer], [200, INVALID_DATA])
  })
})

/** What needs a server of other settings, or to reach into it, is not asked of a foreign TARGET. */
const describeOwn = process.env.TARGET ? () => undefined : describe

describeOwn('HTTP of a server of one\u2019s own', { concurrency: true }, () => {
  const own = (): TestServer => {
    if (!server.own) throw new Error('this is a foreign server')
    return server.own
  }
  const accountOf = async ({ login }: RoomsPerson) => {
    const account = await own().chat.accounts.findByUsername(login)
    return account ?? assert.fail('no such account')
  }

  test('on a port of its own an unknown path is a 404 and its errors are its own', async (t) => {
    const alone = await started(t, { PARLANCE_PORTS: 'rooms:0' })
    const there = `http://${alone.host}:${alone.dedicatedPorts.get('rooms')}`
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const { status, answer } = await ask(there, '/elsewhere', { method })
      assert.deepEqual([status, answer], [404, refusal(404, 'Not found.')])
    }
    const { status } = await ask(there, '/get-room-history', { method: 'POST', body: '{}' })
    assert.equal(status, 405)
    assert.deepEqual(await post(there, '/register', {}), refusal(400, 'Malformed register_user request'))
  })

  test('a private conversation is reached by its gid, by its two members only', async () => {
    const [ann, ben, eve] = await Promise.all([
      register(url, 'ann'),
      register(url, 'ben'),
      register(url, 'eve'),
    ])
    const { chat } = own()
    const [{ accountId: annId }, { accountId: benId }] = await Promise.all([accountOf(ann), accountOf(ben)])
    const { gid } = (await chat.conversations.openPrivate(annId, benId)).conversation
    assert.deepEqual(await ann.send(gid, 'psst'), { ok: true })
    assert.deepEqual(await eve.send(gid, 'me too'), UNKNOWN_ROOM)
    assert.deepEqual(
      (await ben.history(gid)).map(({ msg }) => msg.txt),
      ['psst'],
    )
    await chat.contacts.block(benId, annId)
    assert.deepEqual(await ann.send(gid, 'hello?'), refusal(403, 'This message can not be delivered.'))
  })

  test('a deleted message is absent from the history', async () => {
    const ann = await register(url, 'ann')
    const gid = await ann.createRoom()
    for (const text of ['stays', 'goes', 'stays too']) await ann.send(gid, text)
    const [, goes] = await ann.history(gid)
    const { accountId } = await accountOf(ann)
    const { toMessageId } = await import('../../src/core/chat.ts')
    await own().chat.messages.delete(accountId, toMessageId(goes?.msg.msgId ?? 0))
    assert.deepEqual(
      (await ann.history(gid)).map(({ msg }) => msg.txt),
      ['stays', 'stays too'],
    )
  })

  const started = async (t: TestContext, settings: Record<string, string>): Promise<TestServer> => {
    const parlance = await startParlance({ PARLANCE_DIALECTS: 'rooms', ...settings })
    t.after(() => parlance.close())
    return parlance
  }

  /** Messages 1 to `count`, the fast way. */
  async function fill(parlance: TestServer, ann: RoomsPerson, count: number): Promise<string> {
    const gid = await ann.createRoom()
    const { chat } = parlance
    const account = await chat.accounts.findByUsername(ann.login)
    const conversation = await chat.conversations.findByGid(gid)
    assert.ok(account && conversation)
    const standing = await chat.conversations.enter(account, conversation)
    await Promise.all(
      Array.from({ length: count }, (_, n) => chat.messages.send(account, standing, { body: `${n + 1}` })),
    )
    return gid
  }

  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`)

  for (const [setting, rows] of Object.entries({
    0: [
      { count: 1234, query: '', from: 1 },
      { count: 1234, query: '&limit=600', from: 635 },
      { count: 500, query: '&limit=500', from: 1 },
      { count: 251, query: '&limit=251', from: 1 },
    ],
    3: [
      { count: 10, query: '', from: 8 },
      { count: 10, query: '&limit=2', from: 9 },
      { count: 10, query: '&limit=100', from: 8 },
    ],
    1000: [{ count: 1234, query: '', from: 235 }],
  })) {
    test(`ROOMS_HISTORY_LIMIT=${setting} bounds a history to the newest`, async (t) => {
      const parlance = await started(t, { ROOMS_HISTORY_LIMIT: setting })
      const ann = await register(parlance.url, 'ann')
      for (const { count, query, from } of rows) {
        const gid = await fill(parlance, ann, count)
        const texts = (await ann.history(gid, query)).map(({ msg }) => msg.txt)
        assert.deepEqual(texts, numbers(from, count), `${count} messages, "${query}"`)
      }
    })
  }

  test('too many wrong passwords are a 429 that says when to come back', async (t) => {
    const parlance = await started(t, { PARLANCE_RATE_LIMITS: 'on' })
    const ann = await register(parlance.url, 'ann')
    const body = JSON.stringify({ login: ann.login, password: 'wrong' })
    const tries = Array.from({ length: 20 }, () => ask(parlance.url, '/login', { method: 'POST', body }))
    await Promise.all(tries)
    const { status, headers, answer } = await ask(parlance.url, '/login', { method: 'POST', body })
    assert.equal(status, 429)
    assert.ok(Number(headers.get('retry-after')) >= 1)
    assert.deepEqual(answer, refusal(429, 'Too many requests.'))
  })

  test('too many guesses at a room are a 429, even when one is right; members still come in', async (t) => {
    const parlance = await started(t, { PARLANCE_RATE_LIMITS: 'on' })
    const [ann, bob] = [await register(parlance.url, 'ann'), await register(parlance.url, 'bob')]
    const gid = await ann.createRoom()
    for (let n = 0; n < 120; n++) await bob.send(NOWHERE, 'anyone?')
    const historyFor = async ({ uuid: user }: typeof ann) =>
      (await ask(parlance.url, `/get-room-history?room_gid=${gid}`, { headers: { user } })).status
    assert.equal(await historyFor(bob), 429)
    assert.equal(await historyFor(ann), 200)
  })
})
