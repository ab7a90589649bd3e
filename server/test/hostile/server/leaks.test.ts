import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { queryObjects } from 'node:v8'
import { Batch, SocketSink } from '../../../src/delivery/index.ts'
import { Inbox, WsConnection } from '../../../src/transport/index.ts'
import { deep } from '../../support/deep.ts'
import { startParlance, type TestServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { LISTEN } from './ears.ts'
import { metric, PUSHER } from './fortress.ts'
import { Person } from './person.ts'
import { openTalk, type Talk } from './talk.ts'

const CYCLES = deep(600)
const AT_ONCE = 20
const ROUNDS = 4
const REQUESTS = 500
/** Less than the cheapest connection keeps while it is open, and than a request with its answer. */
const [CONNECTION_BYTES, REQUEST_BYTES] = [4 * 1024, 2 * 1024]

/** Everybody comes, in every way, listens, and goes. */
async function comeAndGo(server: TestServer, talk: Talk, cycles: number): Promise<void> {
  const where = { url: server.url, tcpPort: server.tcpPort ?? 0 }
  const ways = Object.values(LISTEN)
  let left = cycles
  const one = async () => {
    while (left > 0) {
      const ear = await ways[--left % ways.length]?.(talk, where)
      ear?.end()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  await until('all to be gone', async () => (await metric(server.url, 'parlance_connections')) === 0, 10_000)
}

/** Counts the objects of connections that outlive a full garbage collection. */
const leftovers = () =>
  Object.fromEntries(
    [SocketSink, WsConnection, Inbox, Batch].map((kind) => [
      kind.name,
      queryObjects(kind, { format: 'count' }),
    ]),
  )

function heapBytes(): number {
  // To count objects, all garbage is collected.
  queryObjects(Batch, { format: 'count' })
  return process.memoryUsage().heapUsed
}

interface Growing {
  readonly round: () => Promise<void>
  /** Less than what a round would leave if it left anything. */
  readonly allowedBytes: number
}

/** A leak grows in every round; caches and compiled code grow in some. The first round does not count. */
async function assertNothingLeft(t: TestContext, { round, allowedBytes }: Growing): Promise<void> {
  await round()
  const growths: number[] = []
  let before = heapBytes()
  for (let n = 1; n < ROUNDS; n++) {
    await round()
    const after = heapBytes()
    growths.push(after - before)
    before = after
  }
  const words = `grew by ${growths.map((bytes) => (bytes / 1024).toFixed()).join(', ')} KiB`
  t.diagnostic(words)
  assert.ok(Math.min(...growths) < allowedBytes, words)
}

test(`${CYCLES} connections that come and go leave nothing behind`, async (t) => {
  const server = await startParlance(PUSHER)
  t.after(() => server.close())
  const talk = await openTalk(server.url)
  await assertNothingLeft(t, {
    round: () => comeAndGo(server, talk, CYCLES / ROUNDS),
    allowedBytes: (CYCLES / ROUNDS) * CONNECTION_BYTES,
  })
  const left = leftovers()
  for (const [kind, count] of Object.entries(left)) assert.ok(count <= 10, `${count} ${kind}s are left`)
  for (const { username } of [talk.ann, talk.bob]) {
    const account = await server.chat.accounts.findByUsername(username)
    assert.ok(account)
    assert.equal(await server.chat.presence.isOnline(account.accountId), false)
  }
})

test('requests leave nothing behind either, right or wrong', async (t) => {
  const server = await startParlance(PUSHER)
  t.after(() => server.close())
  const { url } = server
  const ann = await Person.register(url, 'ann')
  const round = async (count: number) => {
    for (let n = 0; n < count; n += 8) {
      await Promise.all([
        ask(url, '/register', '{"login":'),
        ask(url, `/get-room-history?room_gid=${n}`, undefined, { user: `nobody ${n}` }),
        ask(url, '/api/users', undefined, { authorization: `Bearer ${n}.${n}.${n}` }),
        ask(url, `/chat/${n}`, undefined, ann.messenger),
        ask(url, `/api/get_message/private-chat_${n + 1}_${n + 2}`, undefined, ann.channels),
        ask(url, `/nowhere/${n}`),
        ask(url, '/auth/verify', undefined, { cookie: `login-token=${n}` }),
        ask(url, `/socket.io/?EIO=4&transport=polling&sid=${n}`),
      ])
    }
  }
  await assertNothingLeft(t, { round: () => round(REQUESTS), allowedBytes: REQUESTS * REQUEST_BYTES })
})
