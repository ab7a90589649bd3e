import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { NEVER_WAIT, pipeOf } from '../support/pipe.ts'
import { endWithUs } from '../support/process.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// Processes whose standard output and standard error cannot be written, or that nobody reads.

const SRC = join(import.meta.dirname, '../../src')

interface Deaf {
  readonly child: ChildProcess
  readonly url: string
  readonly exited: Promise<unknown>
}

/** A server whose standard output and standard error are these. */
async function startServer(t: TestContext, out: number | 'pipe', err: number | 'pipe'): Promise<Deaf> {
  const port = await freePort()
  const settings = { PORT: String(port), ROOMS_TCP_PORT: '0', DBPATH: join(await tempDir(t), 'chat.db') }
  const child = spawn(process.execPath, [join(SRC, 'main.js'), 'start'], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', out, err],
  })
  child.stdout?.destroy()
  child.stderr?.destroy()
  endWithUs(child)
  t.after(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal)
  return { child, url: `http://127.0.0.1:${port}`, exited }
}

const isServed = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )

/** A full pipe that nobody reads. */
async function fullPipe(t: TestContext): Promise<number> {
  const fd = openSync(await pipeOf(t), constants.O_RDWR | NEVER_WAIT)
  t.after(() => closeSync(fd))
  assert.throws(() => {
    for (;;) writeSync(fd, 'x'.repeat(1000))
  }, /EAGAIN/)
  return fd
}

const OUTPUTS: Readonly<Record<string, (t: TestContext) => Promise<number | 'pipe'>>> = {
  'a full disk': async (t) => {
    const fd = openSync('/dev/full', 'w')
    t.after(() => closeSync(fd))
    return fd
  },
  'a closed pipe': async () => 'pipe',
  'a full pipe that nobody reads': fullPipe,
}

for (const [what, open] of Object.entries(OUTPUTS)) {
  test(`a server whose output and log are ${what} serves, and ends when asked to`, async (t) => {
    const { child, url, exited } = await startServer(t, await open(t), await open(t))
    await until('it to serve', () => isServed(url))
    const lostBefore = await lostAt(url)
    for (let n = 0; n < 20; n++) {
      const headers = { origin: `https://${n}.example.org`, 'access-control-request-method': 'POST' }
      await fetch(`${url}/auth/login`, { method: 'OPTIONS', headers })
    }
    assert.ok(await isServed(url))
    if (what !== 'a full pipe that nobody reads') assert.ok((await lostAt(url)) >= lostBefore + 20)
    child.kill('SIGTERM')
    assert.equal(await exited, 0)
  })
}

async function lostAt(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^parlance_log_lines_lost_total (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
}

/** Runs a command with these outputs: a 'pipe' is closed at once, a 'read' is read. */
async function runCommand(
  t: TestContext,
  args: readonly string[],
  outputs: readonly (number | 'pipe' | 'read')[],
) {
  const child = spawn(process.execPath, [join(SRC, 'main.js'), ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', ...outputs.map((output) => (output === 'read' ? 'pipe' : output))],
  })
  endWithUs(child)
  t.after(() => void child.kill('SIGKILL'))
  let said = ''
  for (const [n, output] of outputs.entries()) {
    const stream = n === 0 ? child.stdout : child.stderr
    if (output === 'pipe') stream?.destroy()
    if (output === 'read')
      stream?.setEncoding('utf8').on('data', (text) => {
        said += text
      })
  }
  const [code] = await once(child, 'close')
  return { code, said }
}

/** Commands whose answer is standard output, and what they say when that is lost. */
async function answering(t: TestContext): Promise<readonly (readonly string[])[]> {
  const database = ['--dbpath', join(await tempDir(t), 'chat.db')]
  const server = spawn(
    process.execPath,
    [join(SRC, 'main.js'), 'start', ...database, '--port', '0', '--rooms-tcp-port', '0'],
    {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await once(server.stdout, 'data')
  server.kill('SIGTERM')
  await once(server, 'exit')
  return [['--version'], ['--help'], ['export', '-', ...database]]
}

test('a command whose answer cannot be written says so in one sentence and fails', async (t) => {
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  for (const args of await answering(t)) {
    for (const output of [full, 'pipe'] as const) {
      const { code, said } = await runCommand(t, args, [output, 'read'])
      assert.deepEqual([code, said.trim().split('\n').length], [1, 1], said)
      assert.match(said, output === full ? /tandard output.*ENOSPC/ : /tandard output.*EPIPE/)
    }
  }
})

test('a command that has changed an account whose new password cannot be told says both', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const server = await startParlance({ DBPATH: file })
  await server.chat.accounts.register({ username: 'ann', password: 'correct horse' })
  await server.close()
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  const { code, said } = await runCommand(
    t,
    ['accounts', 'reset-password', 'ann', '--dbpath', file],
    [full, 'read'],
  )
  assert.equal(code, 1)
  assert.match(said, /standard output \(ENOSPC\).* reset-password of ann; .*gives it another password\.$/m)
})

test('a command goes on to its end though nobody can see how far it is', async (t) => {
  const [, , [, , ...from] = []] = await answering(t)
  const directory = await tempDir(t)
  const file = join(directory, 'all.jsonl')
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  assert.equal((await runCommand(t, ['export', file, ...from], ['read', 'pipe'])).code, 0)
  for (const output of [full, 'pipe'] as const) {
    const to = ['--dbpath', join(directory, `${output}.db`)]
    assert.equal((await runCommand(t, ['import', file, ...to], ['read', output])).code, 0)
  }
})
