import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { toSessionId } from '../../src/core/chat.ts'
import { accountIdIn } from '../../src/dialects/native/names.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { startRedis } from '../support/engines/index.ts'
import { newSchema } from '../support/postgres.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { comeAndGo } from './native-coming-and-going.ts'
import { NativeWorld } from './native-world.ts'

const { engine: redis, ...started } = await startRedis()
const { url: DATABASE_URL, drop } = await newSchema()
const settings = { DATABASE_URL, REDIS_URL: redis.url }
const here = new NativeWorld(await startParlance(settings))
const there = new NativeWorld(await startParlance(settings))
after(async () => {
  await Promise.all([here.close(), there.close()])
  await drop()
  await started[Symbol.asyncDispose]()
})

test(
  'a client that comes and goes over two nodes has in the end what the log has, each change once',
  {
    timeout: 300_000,
  },
  () => comeAndGo([here, there], 10),
)

test('a session that ends at one node closes its socket at another within a second', async () => {
  const ann = await here.join('ann')
  const client = await there.connect(ann)
  const { session } = await client.next('ready')
  const began = performance.now()
  await here.ask(ann, `DELETE /v1/sessions/${session}`)
  assert.equal((await client.closed).code, 4002)
  assert.ok(performance.now() - began < 1_000)
})

test('a session that a node ends which dies before it tells of that closes its socket all the same', async (t) => {
  const ann = await here.join('ann')
  const [client, another] = [await there.connect(ann), await there.connect(await here.again(ann))]
  const { session } = await client.next('ready')
  // It commits as that node does, and has no bus.
  const dying = await openPostgresStore({ url: DATABASE_URL })
  t.after(() => dying.close())
  await dying.sessions.end(accountIdIn(ann.id), toSessionId(session.slice('s_'.length)))
  const told = performance.now()
  assert.equal((await client.closed).code, 4002)
  const tookMs = performance.now() - told
  t.diagnostic(`closed after ${tookMs.toFixed()} ms`)
  assert.ok(tookMs < 5_000)
  await another.ok('ping')
})

test('the account’s own news, typing, presence and receipts come from the other node', async () => {
  const [ann, bob] = [await here.join('ann'), await here.join('bob')]
  const conversation = await here.group(ann, bob)
  const [a, desk] = [await here.connect(ann), await there.connect(ann)]
  await desk.ok('watch', { conversations: [conversation], accounts: [bob.id] })
  const b = await here.connect(bob)
  await a.say(conversation, 'hello')
  await b.ok('typing', { conversation })
  await b.ok('read', { conversation, seq: 1 })
  await here.ask(ann, `PATCH /v1/conversations/${conversation}/me`, { muted: true })
  const fresh = await here.group(bob, ann)
  const { version } = await b.say(fresh, 'here')
  await desk.find(
    'bob online',
    ({ op, account, online }) => op === 'presence' && account === bob.id && online,
  )
  await desk.find('bob types', ({ op, account }) => op === 'typing' && account === bob.id)
  await desk.find('bob has read', ({ op, readSeq }) => op === 'receipt' && readSeq === 1)
  await desk.find('muted', ({ op, type }) => op === 'account' && type === 'settings.changed')
  const joined = await desk.find('the new one', ({ op, type }) => op === 'account' && type === 'joined')
  await until('what is said there', () => {
    const known = joined.data.listing.lastChange
    return known >= version || desk.eventsOf(fresh).some(({ change }) => change === version)
  })
})
