import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import WebSocket from 'ws'
import { NativeSocket } from '../support/native-socket.ts'
import { spawnNpmStart, spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

const QUIET = { PORT: '0', ROOMS_TCP_PORT: '0', LOG_LEVEL: 'warn' }

async function ready(t: TestContext, settings: Readonly<Record<string, string>>, start = spawnServer) {
  const server = start(t, { ...QUIET, ...settings })
  await until(
    'the start-up block',
    () => server.output.stdout.includes('first account') || server.child.exitCode !== null,
    START_MS,
  )
  const url = /http:\/\/[\d.]+:\d+/.exec(server.output.stdout)?.[0]
  assert.ok(url, server.output.stderr)
  return { ...server, url }
}

test('the start-up block names addresses, data file and a first command that works; never a secret', async (t) => {
  const directory = await tempDir(t)
  const { child, output, exited, url } = await ready(t, { DBPATH: join(directory, 'chat.db') })
  assert.ok(output.stdout.includes(join(directory, 'chat.db')))
  const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8'))
  assert.ok(output.stdout.includes(secrets.pusherAppId) && output.stdout.includes(secrets.pusherKey))
  for (const name of ['root', 'jwtSecret', 'pusherSecret']) {
    assert.ok(!`${output.stdout}${output.stderr}`.includes(secrets[name]), name)
    assert.ok(secrets[name].length >= 43, `${name} has 256 bits`)
  }
  assert.equal(statSync(join(directory, 'secrets.json')).mode & 0o777, 0o600)
  const body = /-d '(.+)'/.exec(output.stdout)?.[1] ?? ''
  const response = await fetch(`${url}/register`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  assert.deepEqual(await response.json(), { ok: true })
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
})

/** Resolves with the code with which it is closed. */
async function liveClient(url: string): Promise<{ closed: Promise<number> }> {
  const { jar } = await registerAndLogIn(url)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { cookie: jar } })
  await once(socket, 'open')
  return { closed: once(socket, 'close').then(([code]) => code) }
}

test('a terminal that closes ends no server, which goes on until SIGTERM', async (t) => {
  const { child, exited, url } = await ready(t, { DBPATH: join(await tempDir(t), 'chat.db') })
  const { closed } = await liveClient(url)
  child.kill('SIGHUP')
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  child.kill('SIGTERM')
  assert.equal(await closed, 1001)
  assert.equal(await exited, 0)
})

test('SIGTERM tells live clients, commits what was accepted, and exits 0', async (t) => {
  const { child, exited, url } = await ready(t, { DBPATH: join(await tempDir(t), 'chat.db') })
  const { closed } = await liveClient(url)
  child.kill('SIGTERM')
  assert.equal(await closed, 1001)
  assert.equal(await exited, 0)
  await assert.rejects(fetch(`${url}/healthz`))
})

test('an error that nothing catches ends the process, which says it', async (t) => {
  const bug = encodeURIComponent("process.on('SIGUSR2', () => { throw new Error('nothing catches this') })")
  const settings = {
    DBPATH: join(await tempDir(t), 'chat.db'),
    NODE_OPTIONS: `--import=data:text/javascript,${bug}`,
  }
  const { child, exited, output } = await ready(t, settings)
  child.kill('SIGUSR2')
  assert.equal(await exited, 1)
  assert.match(output.stderr, /nothing catches this/)
})

test('npm that is told to stop takes its server along, whose clients are told', async (t) => {
  const settings = { DBPATH: join(await tempDir(t), 'chat.db') }
  const { child, exited, url } = await ready(t, settings, spawnNpmStart)
  const { closed } = await liveClient(url)
  child.kill('SIGTERM')
  assert.equal(await closed, 1001)
  // With npm's own code; the output of all three is in by then.
  await exited
  await assert.rejects(fetch(`${url}/healthz`))
})

test('a server that drains is not ready, and serves until it stops', async (t) => {
  const directory = await tempDir(t)
  const settings = { DBPATH: join(directory, 'chat.db'), PARLANCE_DRAIN_SECONDS: '10' }
  const { child, exited, url } = await ready(t, settings)
  const readiness = async () => {
    const response = await fetch(`${url}/readyz`, { headers: { connection: 'close' } })
    return [response.status, ((await response.json()) as { status: string }).status]
  }
  assert.deepEqual(await readiness(), [200, 'ok'])
  const native = new NativeSocket(url)
  t.after(() => native.ws.terminate())
  await native.send({ op: 'hello', token: await signUp(url) })
  await native.next('live')
  child.kill('SIGTERM')
  await native.next('goodbye')
  await native.ok('ping')
  const answer = await until('newcomers to be kept away', async () => {
    const [status, said] = await readiness()
    return status === 503 && [status, said]
  })
  assert.deepEqual(answer, [503, 'draining'])
  await registerAndLogIn(url)
  assert.equal((await native.closed).code, 4200)
  assert.equal(await exited, 0)
  await assert.rejects(fetch(`${url}/healthz`))
})

/** The token of a new account. */
async function signUp(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'nora', password: 'correct horse battery' }),
  })
  return ((await response.json()) as { session: { token: string } }).session.token
}

async function registerAndLogIn(url: string): Promise<{ jar: string }> {
  const account = { username: 'dora', password: 'a fine password', fullname: 'Dora' }
  const post = (path: string) => fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(account) })
  assert.equal((await post('/register')).status, 201)
  const login = await post('/auth/login')
  return { jar: login.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

/** A start that must fail with one sentence and a non-zero exit code. */
async function refusedStart(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
  sentence: RegExp,
  args?: readonly string[],
) {
  const { output, exited } = spawnServer(t, { ...QUIET, ...settings }, args)
  const code = await exited
  assert.ok(typeof code === 'number' && code > 0, `exit code ${code}`)
  assert.match(output.stderr, sentence)
  assert.equal(output.stderr.trim().split('\n').length, 1, output.stderr)
  assert.equal(output.stdout, '')
}

test('a port that is taken: one sentence, non-zero', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const database = { DBPATH: join(await tempDir(t), 'chat.db') }
  await refusedStart(t, { ...database, PORT: String(port) }, /taken by another program.*PORT/)
  await refusedStart(
    t,
    { ...database, ROOMS_TCP_PORT: String(port) },
    /taken by another program.*ROOMS_TCP_PORT/,
  )
  await refusedStart(
    t,
    { ...database, PARLANCE_PORTS: `chatapp:${port}` },
    /taken by another program.*PARLANCE_PORTS/,
  )
})

test('a Node that is too old: one sentence, non-zero', async (t) => {
  const pretence =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "24.6.9" } })'
  const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(pretence)}` }
  await refusedStart(t, environment, /needs Node 24\.7 or newer, and this is 24\.6\.9/)
})

test('a data directory that cannot be made: one sentence, non-zero', async (t) => {
  const file = join(await tempDir(t), 'a-file')
  writeFileSync(file, 'in the way')
  await refusedStart(t, { DBPATH: join(file, 'chat.db') }, /a-file/)
})

test('a data directory that cannot be written: one sentence, non-zero', (t) =>
  refusedStart(t, { DBPATH: '/proc/parlance/chat.db' }, /\/proc\/parlance/))

test('a file that is no database: one sentence, non-zero', async (t) => {
  const directory = await tempDir(t)
  const file = join(directory, 'chat.db')
  writeFileSync(file, 'this is a shopping list, not a database. '.repeat(200))
  await refusedStart(t, { DBPATH: file }, /chat\.db is damaged or not a database/)
  await refusedStart(t, { DBPATH: directory }, /is a directory/)
  assert.deepEqual(readdirSync(directory), ['chat.db'], 'nothing is left behind')
})

test('a database that another server has open: one sentence, non-zero', async (t) => {
  const database = { DBPATH: join(await tempDir(t), 'chat.db') }
  const first = await ready(t, database)
  await refusedStart(t, database, /chat\.db/)
  first.child.kill('SIGTERM')
  await first.exited
})

test('secrets that were damaged: one sentence, non-zero', async (t) => {
  const directory = await tempDir(t)
  writeFileSync(join(directory, 'secrets.json'), '{"root": ""}')
  await refusedStart(t, { DBPATH: join(directory, 'chat.db') }, /secrets\.json.*delete it/)
})

test('an unknown setting, option or command: one sentence, non-zero', async (t) => {
  await refusedStart(t, { PARLANCE_COLOUR: 'red' }, /PARLANCE_COLOUR is not a setting/)
  await refusedStart(
    t,
    {},
    /^Unknown option '--colour'\. Write -- before a value that begins with a hyphen\.$/m,
    ['start', '--colour', 'red'],
  )
})

test('an option is a setting by its lower-case name', async (t) => {
  // Options without a command belong to `start`, which is the default.
  const server = spawnServer(t, { ...QUIET, DBPATH: join(await tempDir(t), 'chat.db') }, [
    '--host',
    'localhost',
    '--parlance-dialects',
    'messenger',
  ])
  await until(
    'the start-up block',
    () => server.output.stdout.includes('first account') || server.child.exitCode !== null,
    START_MS,
  )
  assert.match(server.output.stdout, /dialects\s+messenger\n/)
  server.child.kill('SIGINT')
  assert.equal(await server.exited, 0)
})

test('it says its version', async (t) => {
  const { output, exited } = spawnServer(t, {}, ['--version'])
  assert.equal(await exited, 0)
  assert.match(output.stdout, /^\d+\.\d+\.\d+\n$/)
})

test('the start-up block says in a line of its own that live events go to hosted Pusher', async (t) => {
  const hosted = {
    PUSHER_CLUSTER: 'eu',
    PUSHER_APP_ID: '1',
    PUSHER_KEY: 'k',
    PUSHER_SECRET: '0a9b8c7d6e5f4a3b2c1d',
  }
  const { output } = await ready(t, { DBPATH: join(await tempDir(t), 'chat.db'), ...hosted })
  const warnings = output.stdout.split('\n').filter((line) => /^ +warning/.test(line))
  assert.equal(warnings.length, 1, output.stdout)
  assert.match(warnings[0] ?? '', /PUSHER_CLUSTER.*hosted Pusher \(eu\).*leave it out/i)
})
