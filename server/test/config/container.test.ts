import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { endWithUs, type ServerProcess, spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// The demands of Docker on a server in a container, tried without Docker.

const ROOT = join(import.meta.dirname, '../../..')
const [, CHECK = ''] =
  /^HEALTHCHECK [^[]*\\\n {2}CMD \["node", "([^"]+)"\]$/m.exec(
    readFileSync(join(ROOT, 'Dockerfile'), 'utf8'),
  ) ?? []

test('the health check of the image is a file of the image', () => {
  assert.ok(CHECK.startsWith('server/src/') && existsSync(join(ROOT, CHECK)), CHECK)
})

/** The exit code of the health check of a container whose first process this is. */
async function checked({ child }: ServerProcess): Promise<number> {
  const check = execFile(process.execPath, [join(ROOT, CHECK), String(child.pid)], { env: {} })
  const [code] = await once(check, 'close')
  return code
}

const isUp = ({ output, child }: ServerProcess) =>
  until('the start-up block', () => output.stdout.includes('first account') || child.exitCode !== null)

async function databaseIn(t: TestContext) {
  return { DBPATH: join(await tempDir(t), 'chat.db'), ROOMS_TCP_PORT: '0', LOG_LEVEL: 'warn' }
}

/** Ways to tell the server where to listen, at a free port. */
const WHERE: Readonly<
  Record<string, (port: string) => { settings?: Record<string, string>; args?: readonly string[] }>
> = {
  'PORT and HOST': (PORT) => ({ settings: { PORT, HOST: '0.0.0.0' } }),
  'an address of its own': (PORT) => ({ settings: { PORT, HOST: '127.0.0.3' } }),
  'all addresses of IPv6': (PORT) => ({ settings: { PORT, HOST: '::' } }),
  'options that win over the environment': (port) => ({
    settings: { PORT: '1', HOST: '127.0.0.9' },
    args: ['start', '--port', port, '--host=127.0.0.1'],
  }),
  'options without a command': (port) => ({ args: [`--port=${port}`, '--host', 'localhost'] }),
}

for (const [how, where] of Object.entries(WHERE)) {
  test(`the health check follows ${how}`, async (t) => {
    const { settings, args } = where(String(await freePort()))
    const server = spawnServer(t, { ...(await databaseIn(t)), ...settings }, args ?? ['start'])
    await isUp(server)
    assert.equal(await checked(server), 0)
    server.child.kill('SIGTERM')
    assert.equal(await server.exited, 0)
    assert.equal(await checked(server), 1)
  })
}

/** Settings of a server whose database is not there. */
async function waiting() {
  const settings = {
    DATABASE_URL: `postgres://nobody:x@127.0.0.1:${await freePort()}/chat`,
    PORT: String(await freePort()),
    ROOMS_TCP_PORT: '0',
  }
  return { settings, isWaiting: () => isHealthy(settings.PORT) }
}

const isHealthy = (port: string): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a server that waits for its database is healthy, and ends on ${signal} as one that serves`, async (t) => {
    const { settings, isWaiting } = await waiting()
    const server = spawnServer(t, settings)
    await until('it to wait', isWaiting)
    assert.equal(await checked(server), 0)
    server.child.kill(signal)
    assert.equal(await server.exited, 0)
    assert.equal(server.output.stdout, '')
  })
}

const MAIN = join(ROOT, 'server/src/main.js')
const NAMESPACE = ['--pid', '--fork', '--kill-child', '--mount-proc'] as const
const skip =
  spawnSync('unshare', [...NAMESPACE, 'true']).status !== 0 &&
  'no process can be the first of a namespace here'

/** Runs a server as first process of a namespace: the kernel withholds signals that it does not listen for. */
function spawnFirst(t: TestContext, args: readonly string[], settings: Readonly<Record<string, string>>) {
  const outer = spawn('unshare', [...NAMESPACE, process.execPath, MAIN, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: 'ignore',
  })
  endWithUs(outer)
  t.after(() => void outer.kill('SIGKILL'))
  const exited = once(outer, 'exit').then(([code]) => code)
  return {
    exited,
    isOver: () => outer.exitCode !== null,
    kill(signal: NodeJS.Signals): void {
      const [child] = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').split(' ')
      if (child) process.kill(Number(child), signal)
    },
  }
}

test('the first process of a container ends on SIGTERM while it waits for its database', {
  skip,
}, async (t) => {
  const { settings, isWaiting } = await waiting()
  const first = spawnFirst(t, ['start'], settings)
  await until('it to wait', isWaiting)
  first.kill('SIGTERM')
  assert.equal(await first.exited, 0)
})

test('the first process of a container ends on SIGTERM whatever its command', { skip }, async (t) => {
  // A database that takes connections and says nothing.
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  const connected = once(silent, 'connection')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const first = spawnFirst(t, ['accounts', 'disable', 'ann'], {
    DATABASE_URL: `postgres://nobody:x@127.0.0.1:${port}/chat`,
  })
  const [socket] = await connected
  t.after(() => socket.destroy())
  first.kill('SIGTERM')
  assert.equal(await first.exited, 143)
})
