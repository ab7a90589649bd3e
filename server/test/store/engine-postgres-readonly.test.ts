import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import postgres from 'postgres'
import { startPostgres, startStandbyOf } from '../support/engines/index.ts'
import { spawnServer } from '../support/process.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'

// A PostgreSQL that answers, and takes no writes.

const { engine, ...started } = await startPostgres()
after(() => started[Symbol.asyncDispose]())
const { port } = engine

const owner = postgres(engine.url, { max: 1, onnotice: () => undefined })
after(() => owner.end({ timeout: 1 }))

/** Starts a server on a new database of this PostgreSQL, through a proxy that can lead elsewhere. */
async function serving(t: TestContext) {
  const name = `chat_${t.name.replaceAll(/\W/g, '_').slice(0, 30)}`
  await owner.unsafe(`CREATE DATABASE ${name}`)
  const proxy = await startProxy(t, { host: '127.0.0.1', port })
  const server = spawnServer(t, {
    PORT: '0',
    ROOMS_TCP_PORT: '0',
    DATABASE_URL: `postgres://postgres@127.0.0.1:${proxy.port}/${name}`,
  })
  const { output } = server
  const url = await until(
    'the start-up block',
    () => /http:\/\/[\d.]+:\d+(?= -H|\/)/.exec(output.stdout)?.[0],
  )
  let accounts = 0
  return {
    name,
    proxy,
    readiness: async () => (await fetch(`${url}/readyz`)).status,
    register: async () => {
      const body = JSON.stringify({ username: `account${++accounts}`, password: 'correct horse' })
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${url}/api/register`, { method: 'POST', headers, body })).status
    },
    lines: (text: RegExp) => output.stderr.split('\n').filter((line) => text.test(line)),
    stop: async () => {
      server.child.kill('SIGTERM')
      assert.equal(await server.exited, 0)
    },
  }
}

type Serving = Awaited<ReturnType<typeof serving>>

/** Waits until the server is not ready, while nothing else is asked for; then for a refusal and its line in the log. */
async function untilReadOnly({ readiness, register, lines }: Serving): Promise<void> {
  await until('readiness to be lost', async () => (await readiness()) === 503)
  await until('a refusal', async () => (await register()) === 503)
  await until('a line', () => lines(/the store fails/).length > 0)
}

async function untilWritable({ readiness, register, lines }: Serving): Promise<void> {
  await until('readiness', async () => (await readiness()) === 200)
  assert.equal(await register(), 201)
  await until('a line', () => lines(/the store works again/).length > 0)
  assert.deepEqual([lines(/the store fails/).length, lines(/the store works again/).length], [1, 1])
}

test('sessions that were opened while the database only reads are replaced once it is writable', async (t) => {
  const server = await serving(t)
  assert.equal(await server.register(), 201)
  await owner.unsafe(`ALTER DATABASE ${server.name} SET default_transaction_read_only = on`)
  server.proxy.cut()
  await untilReadOnly(server)
  await owner.unsafe(`ALTER DATABASE ${server.name} RESET default_transaction_read_only`)
  await untilWritable(server)
  await server.stop()
})

test('a primary that is demoted is left for the one that its address leads to', async (t) => {
  const server = await serving(t)
  assert.equal(await server.register(), 201)
  await using standby = await startStandbyOf(engine)
  await owner.unsafe(`ALTER SYSTEM SET default_transaction_read_only = on`)
  await owner.unsafe('SELECT pg_reload_conf()')
  t.after(async () => {
    await owner.unsafe(`ALTER SYSTEM RESET default_transaction_read_only`)
    await owner.unsafe('SELECT pg_reload_conf()')
  })
  await untilReadOnly(server)
  assert.match(server.lines(/the store fails/)[0] ?? '', /read-only transaction/)
  // The old primary stays as it is, and so do the connections to it.
  server.proxy.redirect({ host: '127.0.0.1', port: standby.engine.port })
  const there = postgres(standby.engine.url, { max: 1 })
  t.after(() => there.end({ timeout: 1 }))
  await there`SELECT pg_promote()`
  await untilWritable(server)
  const [counted] = await postgresCount(standby.engine.url, server.name)
  assert.equal(counted?.count, 2, 'written where it leads')
  await server.stop()
})

async function postgresCount(url: string, database: string) {
  const sql = postgres(url, { max: 1, database })
  try {
    return [...(await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM accounts`)]
  } finally {
    await sql.end({ timeout: 1 })
  }
}
