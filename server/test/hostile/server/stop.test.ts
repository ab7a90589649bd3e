import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { deep } from '../../support/deep.ts'
import { RawListener } from '../../support/rooms.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareHttp, request } from './bare-http.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { type Ear, LISTEN } from './ears.ts'
import { type Fortress, openFortress } from './fortress.ts'
import { PASSWORD } from './person.ts'
import { openTalk, type Talk } from './talk.ts'

/** Each message is heard on three dozen sockets, so that the clients cost more than the server: few of them suffice. */
const CLIENTS_PER_WAY = deep(12)

/** The messages that all clients together have sent, and the acknowledged ones. */
class Ledger {
  readonly acknowledged: string[] = []
  /** Clients that have begun. */
  begun = 0
  isOver = false
  #said = 0

  next(dialect: string): string {
    return `${dialect} ${this.#said++}`
  }
}

type Chatter = (talk: Talk, url: string, ledger: Ledger) => Promise<void>

/** Says one thing after another over HTTP until nobody answers. */
const overHttp =
  (dialect: string, send: (talk: Talk, url: string, text: string) => ReturnType<typeof ask>): Chatter =>
  async (talk, url, ledger) => {
    ledger.begun++
    while (!ledger.isOver) {
      const text = ledger.next(dialect)
      const answer = await send(talk, url, text).catch(() => undefined)
      if (!answer) return
      if ([200, 201].includes(answer.status) && answer.json.ok !== false) ledger.acknowledged.push(text)
    }
  }

/** Says one thing after another over a socket until it closes; a message that comes back is acknowledged. */
async function overSocket(ws: BareWs, ledger: Ledger, say: (text: string) => string, dialect: string) {
  const own = new RegExp(`"${dialect} \\d+"`, 'g')
  const mine = new Set<string>()
  ledger.begun++
  ws.sift = (text) => {
    const heard = [...text.matchAll(own)].map(([quoted]) => quoted.slice(1, -1))
    for (const one of heard) if (mine.delete(one)) ledger.acknowledged.push(one)
    return heard.length > 0
  }
  while (!ledger.isOver && !ws.isClosed) {
    const text = ledger.next(dialect)
    mine.add(text)
    ws.say(say(text))
    await until('an answer', () => mine.size < 5 || ws.isClosed || ledger.isOver, 20_000)
  }
}

const CHATTERS: Readonly<Record<string, Chatter>> = {
  rooms: overHttp('rooms', ({ ann, gid }, url, msg) =>
    ask(url, '/send-message', { room_gid: gid, msg }, { user: ann.uuid }),
  ),
  messenger: overHttp('messenger', ({ ann, id }, url, contents) =>
    ask(url, `/chat/${id}/message`, { contents }, ann.messenger),
  ),
  channels: overHttp('channels', ({ ann, bob, channel }, url, message) =>
    ask(url, '/api/send_message', { from_user: ann.id, to_user: bob.id, channel, message }, ann.channels),
  ),
  chatapp: async ({ ann, id }, _url, ledger) => {
    const say = (content: string) => JSON.stringify({ type: 'send_message', conversation_id: id, content })
    await overSocket(await ann.chatapp(), ledger, say, 'chatapp')
  },
  native: overHttp('native', ({ ann, id }, url, body) =>
    ask(
      url,
      `/v1/conversations/c_${id}/messages`,
      { clientId: body, body },
      { authorization: `Bearer ${ann.native}` },
    ),
  ),
  'native socket': async ({ ann, id }, _url, ledger) => {
    const say = (body: string) =>
      JSON.stringify({ id: 1, op: 'message.send', conversation: `c_${id}`, clientId: body, body })
    await overSocket(await ann.nativeSocket(), ledger, say, 'native socket')
  },
  groups: async ({ ann, gid }, url, ledger) => {
    const ws = await socketIo(url)
    const who = { username: ann.username, password: PASSWORD }
    await ws.say(`42${JSON.stringify(['find_user', who])}`).heard('user_found', 20_000)
    const say = (text: string) =>
      `42${JSON.stringify(['send_message', { username: ann.username, group_name: gid, text }])}`
    await overSocket(ws, ledger, say, 'groups')
  },
}

interface Load {
  readonly server: Fortress
  readonly talk: Talk
  readonly ledger: Ledger
  /** All have stopped. */
  readonly ended: Promise<unknown>
}

/** Dozens of clients that send as fast as they are answered. */
async function load(t: TestContext): Promise<Load> {
  const server = await openFortress(t)
  const talk = await openTalk(server.url)
  const ledger = new Ledger()
  const chatters = Object.values(CHATTERS).flatMap((chatter) =>
    Array.from({ length: CLIENTS_PER_WAY }, () => chatter(talk, server.url, ledger)),
  )
  await until('all to have begun', () => ledger.begun === chatters.length, 20_000)
  const count = ledger.acknowledged.length
  await until('a thousand more', () => ledger.acknowledged.length > count + 1_000, 20_000)
  for (const name of Object.keys(CHATTERS))
    assert.ok(ledger.acknowledged.some((text) => text.startsWith(name)))
  return { server, talk, ledger, ended: Promise.all(chatters) }
}

/** Not what listeners tried before. */
const SAID = /^[a-z]+( socket)? \d+$/

/** Every acknowledged message is there, and none twice. */
function assertStored(database: string, { acknowledged }: Ledger): void {
  const db = new DatabaseSync(database, { readOnly: true })
  const bodies = db
    .prepare('SELECT body FROM messages')
    .all()
    .map(({ body }) => String(body))
    .filter((body) => SAID.test(body))
  const check = db.prepare('PRAGMA integrity_check').get()
  db.close()
  const stored = new Set(bodies)
  assert.equal(stored.size, bodies.length, 'none twice')
  assert.deepEqual(
    acknowledged.filter((text) => !stored.has(text)),
    [],
    'none lost',
  )
  assert.equal(check?.integrity_check, 'ok')
}

test('SIGTERM under load: everyone is told, nothing acknowledged is lost, and it ends in time', async (t) => {
  const { server, talk, ledger, ended } = await load(t)
  const { url, port, tcpPort } = server
  const ears: Ear[] = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  // And some who will not go: in the middle of a request, without a word, deaf to a goodbye.
  const rude = [
    new BareHttp(port).write(request('POST /register', { 'Content-Length': 100 }, '{')),
    new BareHttp(port),
    new BareHttp(tcpPort).write('{'),
    new BareHttp(tcpPort),
    await new BareWs(url, '/app/test-key?protocol=7').opened(),
    await talk.bob.chatapp(),
    await socketIo(url),
  ]
  const silent = connect(tcpPort, '127.0.0.1')
  await once(silent, 'connect')
  silent.on('error', () => undefined)
  t.after(() => {
    for (const client of [...rude, ...ears]) client.end()
    silent.destroy()
  })

  const askedAt = performance.now()
  server.child.kill('SIGTERM')
  assert.equal(await server.exited, 0)
  const took = performance.now() - askedAt
  t.diagnostic(`${ledger.acknowledged.length} acknowledged, ended after ${took.toFixed()} ms`)
  assert.ok(took < 10_000)
  ledger.isOver = true
  await ended
  const farewells: Readonly<Record<string, unknown>> = {
    native: 4200,
    'raw TCP': 'closed',
    chatapp: 1001,
    'rooms over WebSocket': 1005,
    'groups over WebSocket': 1005,
    'rooms over polling': 'closed',
    Pusher: 4200,
  }
  for (const ear of ears) {
    await until(`${ear.name} to be told`, () => ear.isCut())
    assert.equal(ear.farewell(), farewells[ear.name], ear.name)
  }
  assertStored(server.database, ledger)
})

test('a raw client that resets when it is sent away does not disturb the end', async (t) => {
  const server = await openFortress(t, { LOG_LEVEL: 'warn' })
  const { ann, gid } = await openTalk(server.url)
  const client = new RawListener(server.tcpPort).write(JSON.stringify({ uuid: ann.uuid, room_gid: gid }))
  await until('it to be in the room', async () => {
    await ask(server.url, '/send-message', { room_gid: gid, msg: 'probe' }, { user: ann.uuid })
    return client.heard !== ''
  })
  client.socket.on('end', () => client.socket.resetAndDestroy())
  server.child.kill('SIGTERM')
  assert.equal(await server.exited, 0)
  assert.equal(server.output.stderr, '')
})

test('kill -9 under load over every dialect: nothing acknowledged is lost or doubled, nobody is left online', async (t) => {
  const { server, talk, ledger, ended } = await load(t)
  const bob = await talk.bob.chatapp()
  server.child.kill('SIGKILL')
  assert.equal(await server.exited, 'SIGKILL')
  ledger.isOver = true
  await ended
  bob.end()
  t.diagnostic(`${ledger.acknowledged.length} acknowledged`)
  assertStored(server.database, ledger)

  const again = await openFortress(t, server.settings)
  talk.ann.url = again.url
  const ann = await talk.ann.chatapp()
  ann.say(JSON.stringify({ type: 'add_contact', contact_username: talk.bob.username }))
  assert.match(await ann.heard('"add_contact"'), /"is_online":false/)
  ann.say(JSON.stringify({ type: 'send_message', conversation_id: talk.id, content: 'we go on' }))
  await ann.heard('we go on')
  const { json } = await ask(again.url, '/user/chats', undefined, talk.bob.messenger)
  const [chat] = json.chats as readonly { last_message: { contents: string } }[]
  assert.equal(chat?.last_message.contents, 'we go on')
  ann.end()
})
