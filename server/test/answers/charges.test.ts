import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LIMITS } from '../../src/transport/index.ts'
import { ask } from '../hostile/server/ask.ts'
import { Person } from '../hostile/server/person.ts'
import { GroupsClient } from '../support/groups.ts'
import { RawListener } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

/** Messages of 8 KB each: a history of all of them counts as some 300 requests, a page of 100 as 200. */
const MESSAGES = 150
const BODY = 'x'.repeat(8_000)
/** Answers that 2,000 requests at once would allow, were each answer counted as one. */
const ASKED = 30

/** A person who has a long conversation with another and a long open one, on a server with its limits. */
async function greedy(t: TestContext) {
  const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
  t.after(() => server.close())
  const { url, chat } = server
  const [ann, bob] = [await Person.register(url, 'ann'), await Person.register(url, 'bob')]
  const account = await chat.accounts.findByUsername(ann.username)
  const other = await chat.accounts.findByUsername(bob.username)
  assert.ok(account && other)
  const open = (await chat.conversations.createOpen(account.accountId, null)).conversation
  const direct = (await chat.conversations.openPrivate(account.accountId, other.accountId)).conversation
  for (const conversation of [open, direct]) {
    const standing = await chat.conversations.enter(account, conversation)
    const bodies = Array.from({ length: MESSAGES }, () => BODY)
    await Promise.all(bodies.map((body) => chat.messages.send(account, standing, { body })))
  }
  return { url, ann, account, other, open, direct }
}

type Greedy = Awaited<ReturnType<typeof greedy>>

type Ask = () => Promise<boolean>

/** `ASKED` connections, each of which asks for the same long answer and tells whether it got it. */
type Connections = (greedy: Greedy) => Promise<readonly Ask[]>

const byHttp =
  (pathOf: (greedy: Greedy) => string, headersOf: (greedy: Greedy) => Record<string, string>): Connections =>
  async (greedy) =>
    Array.from({ length: ASKED }, () => async () => {
      const { status, headers } = await ask(greedy.url, pathOf(greedy), undefined, headersOf(greedy))
      if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      else assert.equal(status, 200)
      return status === 200
    })

const byWebSocket: Connections = async ({ ann, open }) => {
  const sockets = await Promise.all(Array.from({ length: ASKED }, () => ann.chatapp()))
  return sockets.map((ws) => async () => {
    ws.say(JSON.stringify({ type: 'get_messages', conversation_id: open.conversationId }))
    return !(await ws.heard('"type":"get_messages"')).includes('"error":"too many requests"')
  })
}

const LONG: Readonly<Record<string, Connections>> = {
  'a history of rooms': byHttp(
    ({ open }) => `/get-room-history?room_gid=${open.gid}`,
    ({ ann }) => ({ user: ann.uuid }),
  ),
  'a history of channels': byHttp(
    ({ account, other }) => `/api/get_message/private-chat_${account.accountId}_${other.accountId}`,
    ({ ann }) => ann.channels,
  ),
  'a page of messenger': byHttp(
    ({ open }) => `/chat/${open.conversationId}/messages?limit=100`,
    ({ ann }) => ann.messenger,
  ),
  'a page of chatapp': byWebSocket,
}

for (const [what, connect] of Object.entries(LONG)) {
  test(`${what} is charged by its length, over however many connections`, async (t) => {
    const world = await greedy(t)
    const connections = await connect(world)
    const answered = (await Promise.all(connections.map((isAnswered) => isAnswered()))).filter(Boolean).length
    assert.ok(answered >= 1 && answered < ASKED, `${answered} of ${ASKED} answered`)
    assert.equal((await ask(world.url, '/misc/ping')).status, 200, 'the address is not charged')
  })
}

test('a history of groups is charged by its length', async (t) => {
  const { url, open } = await greedy(t)
  const { client, username } = await GroupsClient.guest(url, 'greedy')
  t.after(() => client.end())
  await client.ask('join_group', { username, group_name: open.gid })
  for (let n = 0; n < ASKED; n++) client.socket.emit('enter_group', { username, group_name: open.gid })
  const answers = () => client.log.filter(([event]) => event === 'enter_group' || event === 'rate_limited')
  await until('all answers', () => answers().length === ASKED)
  const entered = answers().filter(([event]) => event === 'enter_group').length
  assert.ok(entered >= 1 && entered < ASKED, `${entered} answered`)
})

test('an account that comes into a room over and over is let in no more, and others are', async (t) => {
  const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
  t.after(() => server.close())
  const [ann, bob] = [await Person.register(server.url, 'ann'), await Person.register(server.url, 'bob')]
  const account = await server.chat.accounts.findByUsername(ann.username)
  assert.ok(account)
  const { gid } = (await server.chat.conversations.createOpen(account.accountId, null)).conversation
  const enter = ({ uuid }: Person) =>
    new RawListener(server.tcpPort ?? 0).write(JSON.stringify({ uuid, room_gid: gid }))
  const entered: RawListener[] = []
  const isOpen = (each: RawListener) => !each.isClosed
  t.after(() => {
    for (const each of entered.filter(isOpen)) each.end()
  })
  // Go on asking: some of the allowance comes back meanwhile.
  await until('some to be sent away', () => {
    for (let n = 0; n < 25 && entered.length < LIMITS.command.burst; n++) entered.push(enter(ann))
    return entered.filter((each) => each.isClosed).length >= 30
  })
  assert.ok(entered.some(isOpen))
  const other = enter(bob)
  t.after(() => other.end())
  await until('the other to hear', async () => {
    await ask(server.url, '/send-message', { room_gid: gid, msg: 'hello' }, { user: bob.uuid })
    return other.heard.includes('hello')
  })
})
