import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { toMessageId } from '../../src/core/chat.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import {
  ask,
  NOWHERE,
  post,
  RawListener,
  type RoomsPerson,
  refusal,
  register,
  SocketIoListener,
  UNKNOWN_ROOM,
} from '../support/rooms.ts'
import { startParlance, type Target, type TestServer, target } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await target()
const { url } = server
after(() => server.close())

describeOwn('HTTP of a server of one\u2019s own', { concurrency: true }, () => {
  const own = () => ownOf(server)
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

describeOwn('live connections to a server of one\u2019s own', { concurrency: true }, () => {
  const entered = async (parlance: Pick<Target, 'url' | 'tcpPort'>) => {
    const [ann, ben] = await Promise.all([register(parlance.url, 'ann'), register(parlance.url, 'ben')])
    const gid = await ann.createRoom()
    const raw = new RawListener(parlance.tcpPort)
    await raw.write(JSON.stringify({ uuid: ann.uuid, room_gid: gid })).entered(ann, gid)
    const socket = await new SocketIoListener(parlance.url).entered(ann, gid)
    const witness = await new SocketIoListener(parlance.url).entered(ben, gid)
    return { ann, ben, gid, raw, socket, witness }
  }
  const find = async (login: string, gid: string) => {
    const { chat } = ownOf(server)
    const account = await chat.accounts.findByUsername(login)
    const conversation = await chat.conversations.findByGid(gid)
    assert.ok(account && conversation)
    return { chat, account, conversation }
  }

  test('end when the account is logged out everywhere', async () => {
    const { ann, gid, raw, socket, witness } = await entered(server)
    const { chat, account } = await find(ann.login, gid)
    await chat.credentials.revoke(account.accountId)
    await raw.closed()
    await until('the disconnection', () => socket.isDisconnected)
    await until('the departure', () => witness.payloads('leave_room').length === 1)
    assert.deepEqual(await ann.send(gid, 'still me?'), {
      ok: false,
      error: { code: 400, message: 'Unknown user' },
    })
    witness.end()
  })

  test('hear no more of a room that the account has left through another dialect', async () => {
    const { ann, ben, gid, raw, socket, witness } = await entered(server)
    const { chat, account, conversation } = await find(ann.login, gid)
    await chat.conversations.leave(account.accountId, conversation)
    await raw.closed()
    await until('the departure', () => witness.payloads('leave_room').length === 1)
    await ben.send(gid, 'alone at last')
    await until('the message', () => witness.texts.length === 1)
    assert.deepEqual(socket.messages, [])
    for (const one of [socket, witness]) one.end()
  })

  test('make the account present, and absent when the last ends', async () => {
    const { ann, gid, raw, socket, witness } = await entered(server)
    const { chat, account } = await find(ann.login, gid)
    assert.equal(await chat.presence.isOnline(account.accountId), true)
    raw.end()
    socket.end()
    await until('the absence', async () => !(await chat.presence.isOnline(account.accountId)))
    witness.end()
  })

  test('are cut off when the server stops, so that Socket.IO clients come back by themselves', async () => {
    const parlance = await startParlance({ PARLANCE_DIALECTS: 'rooms' })
    const { raw, socket, witness } = await entered({ url: parlance.url, tcpPort: parlance.tcpPort ?? 0 })
    await parlance.close()
    await raw.closed()
    await until('the end', () => socket.isDisconnected && witness.isDisconnected)
    assert.deepEqual(witness.log, [['disconnect', 'transport close']])
  })
})
