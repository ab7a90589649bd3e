import assert from 'node:assert/strict'
import { after, afterEach, before, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import postgres from 'postgres'
import { ChatappHttp } from '../support/chatapp.ts'
import { GroupsClient } from '../support/groups.ts'
import { register, SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// A node is told to stop while PostgreSQL is slow, or away.

const JSON_BODY = { 'content-type': 'application/json' }
const PASSWORD = 'correct horse'
/** More than a node takes to end when there is nothing to wait for. */
const PROMPT_MS = 1_000
/** The rules for operators who start and stop nodes. */
const WHOLE_MS = 10_000

const opened = new AsyncDisposableStack()
let cluster: Cluster
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2 }))
})
afterEach(() => cluster.heal())
after(() => opened.disposeAsync())

/** Keeps a conversation from being written to until it is let go. */
async function hold(t: TestContext, conversationId: number) {
  const sql = postgres(cluster.engines.postgres.url, { max: 2 })
  t.after(() => sql.end({ timeout: 0 }))
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>()
  const holding = sql.begin(async (own) => {
    await own`SELECT 1 FROM conversations WHERE id = ${conversationId} FOR UPDATE`
    onLocked()
    await held
  })
  await locked
  return {
    isWaitedFor: async () =>
      (await sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`).length > 0,
    letGo: async () => {
      letGo()
      await holding
    },
  }
}

test('a message that is committed while its node stops is told to the others', async (t) => {
  const [here, there] = [0, 1].map((at) => new ChatappHttp(cluster.node(at).url)) as [
    ChatappHttp,
    ChatappHttp,
  ]
  const [ann, bob] = [await here.join('ann'), await there.join('bob')]
  const group = { type: 'create_conversation', members: [bob.username], name: 'group' }
  const { id } = await ann.data<{ id: number }>(group)
  await bob.next('create_conversation')
  await ann.close()
  const credentials = { usernameOrEmail: ann.username, password: PASSWORD }
  const login = await here.call('POST', '/login', { body: JSON.stringify(credentials), headers: JSON_BODY })
  const { access_token: token } = JSON.parse(login.text) as { access_token: string }

  const conversation = await hold(t, id)
  const impatience = new AbortController()
  const sending = here.call('POST', `/chat/${id}/message`, {
    body: JSON.stringify({ contents: 'the last' }),
    headers: { ...JSON_BODY, authorization: `Bearer ${token}` },
    signal: impatience.signal,
  })
  await until('the message to wait', conversation.isWaitedFor)
  // Nobody waits for the answer: only what is accepted keeps the node.
  impatience.abort()
  await assert.rejects(sending)
  const ending = cluster.node(0).stop()
  await setTimeout(PROMPT_MS)
  await conversation.letGo()
  assert.equal(await ending, 0)
  const { data } = await bob.next('send_message')
  assert.equal((data as { content: string }).content, 'the last')
  there.close()
})

test('a node that stops while PostgreSQL is away ends in order, and in time', async () => {
  const node = cluster.node(0)
  const http = new ChatappHttp(node.url)
  await http.join('ann')
  const ben = await register(node.url, 'ben')
  const [socketIo, { client: groups }] = [
    await new SocketIoListener(node.url).entered(ben, await ben.createRoom()),
    await GroupsClient.guest(node.url, 'guest'),
  ]
  await cluster.engines.postgres.stop()
  const askedAt = performance.now()
  assert.equal(await node.stop(), 0, node.output)
  assert.ok(performance.now() - askedAt < WHOLE_MS)
  for (const client of [http, socketIo, groups]) 'end' in client ? client.end() : client.close()
})
