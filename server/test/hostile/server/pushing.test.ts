import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startParlance } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { type BareWs, socketIo } from './bare-ws.ts'
import { Person } from './person.ts'

const GROUPS = 60
const MEMBERS = 300
/** A name as long as names may be: those of a group, with their quotes and commas, are some 230 KB. */
const longName = (n: number): string => `${n}`.padEnd(255, '漢')

/** A server with its limits, where ann and eve do not know each other. */
async function strangers(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on', ...settings })
  t.after(() => server.close())
  const { url, chat } = server
  const [ann, eve] = [await Person.register(url, 'ann'), await Person.register(url, 'eve')]
  return { url, chat, ann, eve }
}

/** Opens a connection of ann's that reads nothing from now on. */
async function deafAnn(t: TestContext, ann: Person): Promise<BareWs> {
  const ws = await ann.chatapp()
  t.after(() => ws.socket.destroy())
  ws.socket.pause()
  return ws
}

const saidTo = (ws: BareWs, type: string): number =>
  ws.frames.filter(({ payload }) => payload.includes(`"type":"${type}"`)).length

test('a stranger who puts somebody into many large groups does not make them too slow', async (t) => {
  const { url, chat, ann, eve } = await strangers(t)
  const names = Array.from({ length: MEMBERS }, (_, n) => longName(n))
  const others = await Promise.all(
    names.map((username) => chat.accounts.register({ username, password: 'x' })),
  )
  const ws = await deafAnn(t, ann)
  const group = { with_ids: [ann.id, ...others.map(({ accountId }) => accountId)], name: 'come in' }
  const made = await Promise.all(
    Array.from({ length: GROUPS }, () => ask(url, '/chat/group/create', group, eve.messenger)),
  )
  const accepted = made.filter(({ status }) => status === 200).length
  assert.ok(accepted >= 1 && accepted < 10, `${accepted} groups were made`)
  assert.ok(made.every(({ status }) => status === 200 || status === 429))
  ws.socket.resume()
  await until('news of every group', () => saidTo(ws, 'create_conversation') === accepted)
  await ws.say('{"type":"ping"}').heard('"pong"')
  const news = ws.frames.find(({ payload }) => payload.includes('create_conversation'))
  assert.ok(news && news.payload.length <= 132 * 1024, 'news lists members up to a bound')
  const { data } = JSON.parse(news.payload.toString()) as { data: { id: number; members: string[] } }
  assert.equal(data.members[0], eve.username, 'the creator first')
  ws.say(JSON.stringify({ type: 'get_conversation_info', id: data.id }))
  const info = JSON.parse(await ws.heard('get_conversation_info')) as { data: { members: string[] } }
  assert.equal(info.data.members.length, MEMBERS + 2, 'and whoever asks is told of all')
})

test('any conversation that chatapp can make is told whole, and counts by what each member is told', async (t) => {
  const { chat, ann, eve } = await strangers(t)
  const names = Array.from({ length: 150 }, (_, n) => longName(n))
  for (const username of names) await chat.accounts.register({ username, password: 'x' })
  const ws = await ann.chatapp()
  const stranger = await eve.chatapp()
  t.after(() => {
    for (const each of [ws, stranger]) each.socket.destroy()
  })
  const making = JSON.stringify({ type: 'create_conversation', members: [ann.username, ...names], name: 'x' })
  assert.ok(making.length * 3 > 110_000)
  const answers = () => saidTo(stranger, 'create_conversation')
  for (let n = 0; n < 20; n++) stranger.say(making)
  await until('all answers', () => answers() === 20)
  const accepted = stranger.frames.filter(({ payload }) => payload.includes('"success":true')).length
  assert.ok(accepted >= 1 && accepted < 10, `${accepted} were made`)
  await until('the news', () => saidTo(ws, 'create_conversation') === accepted)
  for (const { payload } of ws.frames) {
    const { data } = JSON.parse(payload.toString()) as { data: { members: string[] } }
    assert.deepEqual(data.members, [eve.username, ann.username, ...names])
  }
})

/** Sends a long message; answers whether it was taken. */
const SENDS: Readonly<
  Record<
    string,
    (world: { url: string; eve: Person; ann: Person; id: number; gid: string }) => Promise<boolean>
  >
> = {
  rooms: async ({ url, eve, gid }) =>
    (await ask(url, '/send-message', { room_gid: gid, msg: LONG }, { user: eve.uuid })).status === 200,
  messenger: async ({ url, eve, id }) =>
    (await ask(url, `/chat/${id}/message`, { contents: LONG.slice(0, 2047) }, eve.messenger)).status === 200,
  channels: async ({ url, eve, ann, id }) => {
    const posting = { from_user: eve.id, to_user: ann.id, message: LONG, channel: id }
    return (await ask(url, '/api/send_message', posting, eve.channels)).status === 200
  },
}
const LONG = 'x'.repeat(8_000)

for (const [dialect, send] of Object.entries(SENDS)) {
  test(`in ${dialect} a long message counts as several short ones`, async (t) => {
    const { url, chat, ann, eve } = await strangers(t)
    const [from, to] = [
      await chat.accounts.findByUsername(eve.username),
      await chat.accounts.findByUsername(ann.username),
    ]
    assert.ok(from && to)
    const { conversation } = await chat.conversations.openPrivate(from.accountId, to.accountId)
    const world = { url, eve, ann, id: conversation.conversationId, gid: conversation.gid }
    let accepted = 0
    while (accepted < 900 && (await send(world))) accepted++
    assert.ok(accepted >= 100 && accepted < 900, `${accepted} were taken`)
  })
}

test('in chatapp and groups a long message counts as several short ones', async (t) => {
  const { url, chat, eve } = await strangers(t)
  const from = await chat.accounts.findByUsername(eve.username)
  assert.ok(from)
  const { conversation } = await chat.conversations.createOpen(from.accountId, null)
  const ws = await eve.chatapp()
  const io = await socketIo(url)
  t.after(() => {
    for (const each of [ws, io]) each.socket.destroy()
  })
  const send = { type: 'send_message', conversation_id: conversation.conversationId, content: LONG }
  for (let n = 0; n < 300; n++) ws.say(JSON.stringify(send))
  await until('all answers', () => saidTo(ws, 'send_message') === 300)
  const refused = ws.frames.filter(({ payload }) => payload.includes('too many requests')).length
  assert.ok(refused > 50 && refused < 250, `${refused} refused in chatapp`)
  io.say(`42${JSON.stringify(['find_user', { username: 'guest' }])}`)
  await io.heard('user_created')
  io.say(`42${JSON.stringify(['join_group', { username: 'guest', group_name: conversation.gid }])}`)
  await io.heard('join_success')
  const spoken = `42${JSON.stringify(['send_message', { username: 'guest', group_name: conversation.gid, text: LONG }])}`
  for (let n = 0; n < 300; n++) io.say(spoken)
  await until('a refusal', () => io.frames.some(({ payload }) => payload.includes('rate_limited')))
  const taken = io.frames.filter(({ payload }) => payload.includes('message_sent')).length
  assert.ok(taken < 250, `${taken} taken in groups`)
})
