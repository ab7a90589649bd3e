import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { newUuid } from '../../src/lib/ids.ts'
import { NoAnswer, within } from '../../src/lib/within.ts'
import { connect as connectDriver, requireKnownShape } from '../../src/store/postgres/driver/connect.ts'
import { connect, countOpen, POSTGRES_URL, proxyTo } from '../support/postgres.ts'
import { until } from '../support/until.ts'

// Facts about postgres.js beyond its documentation, and the defects that are worked around. A test of a defect
// asks the driver alone, and fails once that has mended it: then its workaround in `store/postgres/driver` can go.

/** Milliseconds after which the driver is taken never to answer. */
const NEVER_MS = 3_000

const isNeverAnswered = (asked: PromiseLike<unknown>) =>
  assert.rejects(within(NEVER_MS, 'the driver', Promise.resolve(asked)), NoAnswer)

interface Options {
  readonly [name: string]: unknown
}

/** The driver alone, through a proxy, on connections of a name of their own. */
async function start(t: TestContext, options: Options = {}) {
  const name = newUuid()
  const { proxy, url } = await proxyTo(t, POSTGRES_URL)
  const settings = { application_name: name }
  const sql = postgres(url, {
    max: 1,
    backoff: () => 0.05,
    fetch_types: false,
    connection: settings,
    ...options,
  })
  t.after(() => sql.end({ timeout: 0 }))
  return { sql, proxy, name, here: connect(t) }
}

test('the driver has the shape that is known', async () => {
  const sql = connectDriver(POSTGRES_URL, { max: 1, statementTimeoutMs: 1000, onLost: () => undefined })
  requireKnownShape(sql)
  const query = sql.unsafe('SELECT $1::int', [1], { prepare: true })
  await query
  assert.notEqual((query as unknown as { state: unknown }).state, null, 'a query that was sent has a state')
  await sql.end({ timeout: 1 })
})

test('a driver of another shape is refused with a sentence', () => {
  const sql = connectDriver(POSTGRES_URL, { max: 1, statementTimeoutMs: 1000, onLost: () => undefined })
  assert.throws(() => requireKnownShape(Object.create(sql, { close: { value: undefined } })), {
    message: 'this version of postgres.js has no close of the kind known here',
  })
  assert.throws(() => requireKnownShape(Object.create(sql, { unsafe: { value: () => ({}) } })), {
    message: 'this version of postgres.js has no state of a query of the kind known here',
  })
})

/** Accepts connections and hangs up. */
async function startNobody(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.destroy())
  t.after(() => server.close())
  return addressOf(server)
}

/** Lets the server listen. */
async function addressOf(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return `postgres://user@127.0.0.1:${typeof address === 'object' && address ? address.port : assert.fail()}/chat`
}

test('DEFECT: a port that accepts connections and hangs up is connected to for ever (`within`)', async (t) => {
  const sql = postgres(await startNobody(t), { max: 1, backoff: () => 0.05, connect_timeout: 1 })
  t.after(() => sql.end({ timeout: 0 }))
  await isNeverAnswered(sql`SELECT 1`)
})

test('DEFECT: a connection that is lost while it has something to write never sends a word again (`Pool`)', async (t) => {
  let isLost = false
  const { sql, proxy } = await start(t, { connect_timeout: 60, onclose: () => (isLost = true) })
  await sql`SELECT 1`
  let unanswered = 0
  // The end of a connection is told right after immediates have run: what these ask is still to be written then.
  const ask = () => {
    if (isLost) return
    if (unanswered++ < 10) sql.unsafe('SELECT 2').then(settled, settled)
    else unanswered--
    setImmediate(ask)
  }
  const settled = () => unanswered--
  ask()
  proxy.cut()
  await until('the loss', () => isLost)
  await isNeverAnswered(sql.unsafe('SELECT 3'))
})

test('DEFECT: a driver that is ended connects again for what still queues (`Connections.end`)', async (t) => {
  const { sql, name, here } = await start(t)
  const asked = [sql.unsafe('SELECT pg_sleep($1)', [2]), sql.unsafe('SELECT $1::text', ['a'])]
  const answered = Promise.all(asked)
  await until('the connection to be asked', () => countOpen(here, name))
  await sql.end()
  await answered
  assert.equal(await countOpen(here, name), 1)
})

test('DEFECT: a driver that is ended still makes the connection that it waited to make (`LATE_MS`)', async (t) => {
  let isLost = false
  const { sql, proxy, name, here } = await start(t, { backoff: () => 1, onclose: () => (isLost = true) })
  await sql`SELECT 1`
  proxy.cut()
  await until('the loss', () => isLost)
  const asked = sql`SELECT 2`.then(
    () => assert.fail(),
    () => undefined,
  )
  await sql.end({ timeout: 0 })
  await asked
  await until('a connection', () => countOpen(here, name))
})

test('DEFECT: nothing is reserved over a connection that is made for it (`DedicatedConnection.open`)', async (t) => {
  const { sql } = await start(t)
  await isNeverAnswered(sql.reserve())
})

test('DEFECT: a query that waits on a lost reserved connection is never settled (`DedicatedConnection`)', async (t) => {
  const { sql, proxy } = await start(t)
  await sql`SELECT 1`
  const reserved = await sql.reserve()
  proxy.hold('waits')
  const first = assert.rejects(Promise.resolve(reserved.unsafe('SELECT $1::text AS waits', ['a'])))
  const second = Promise.resolve(reserved.unsafe('SELECT $1::text AS then', ['b']))
  await until('the first to be sent', () => proxy.countHeld('waits'))
  proxy.cut()
  await first
  await isNeverAnswered(second)
})

test('DEFECT: TLS is begun with a server that has said that it has none (`requireTls`)', async (t) => {
  const heard: (string | Buffer)[] = []
  const server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        heard.push(data)
        socket.write('N')
      }),
  )
  t.after(() => server.close())
  const sql = postgres(await addressOf(server), { max: 1, ssl: 'require', connect_timeout: 1 })
  const asked = assert.rejects(Promise.resolve(sql`SELECT 1`))
  await until('the second piece', () => heard.length > 1)
  const HANDSHAKE = 22
  assert.equal(heard[1]?.[0], HANDSHAKE)
  await sql.end({ timeout: 0 })
  await asked
})

/** The driver's uncatchable error when its connection is lost while it sends the word. */
async function uncaughtAfter(t: TestContext, word: string, script: string) {
  const { proxy, url } = await proxyTo(t, POSTGRES_URL)
  proxy.hold(word)
  const child = promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import postgres from 'postgres'
       for (const event of ['uncaughtException', 'unhandledRejection'])
         process.on(event, () => { console.log(event); process.exit() })
       ${script}`,
    ],
    { cwd: import.meta.dirname, env: { ...process.env, URL: url }, timeout: 60_000 },
  )
  await until(word, () => proxy.countHeld(word))
  proxy.cut('stay')
  return (await child).stdout.trim()
}

test('DEFECT: nobody handles the error of the query for array types (`ARRAY_TYPES`)', async (t) => {
  const script = 'postgres(process.env.URL, { max: 1 })`SELECT 1`.catch(() => undefined)'
  assert.equal(await uncaughtAfter(t, 'pg_catalog', script), 'unhandledRejection')
})

test("DEFECT: nobody can catch the error of `begin`'s rollback on a lost connection (`commit`)", async (t) => {
  const script = `postgres(process.env.URL, { max: 1, fetch_types: false })
    .begin((sql) => sql.unsafe('SELECT pg_sleep(20) AS begun')).catch(() => undefined)`
  assert.equal(await uncaughtAfter(t, 'begun', script), 'uncaughtException')
})
