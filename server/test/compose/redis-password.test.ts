import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../support/free-port.ts'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const SCRIPT = join(import.meta.dirname, '../../../deploy/start-redis.sh')
const PASSWORD = 'correcthorse'
const run = promisify(execFile)

test("compose.yaml's Redis asks for the password, which is not on its command line, and ends when told to", async (t) => {
  const port = String(await freePort())
  const child = spawn('sh', [SCRIPT, '--port', port, '--bind', '127.0.0.1'], {
    env: { PATH: process.env.PATH, REDISCLI_AUTH: PASSWORD },
    cwd: await tempDir(t),
    stdio: 'ignore',
  })
  endWithUs(child)
  t.after(() => void child.kill('SIGKILL'))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const ask = async (auth: string, ...words: readonly string[]) => {
    const env = { PATH: process.env.PATH, REDISCLI_AUTH: auth }
    return (await run('redis-cli', ['-p', port, ...words], { env })).stdout.trim()
  }
  await until('Redis to answer', () =>
    ask(PASSWORD, 'ping').then(
      (text) => text === 'PONG',
      () => false,
    ),
  )
  assert.match(await ask('', 'ping'), /NOAUTH/)
  assert.equal(await ask(PASSWORD, 'config', 'get', 'appendonly'), 'appendonly\nno')
  assert.equal(await ask(PASSWORD, 'config', 'get', 'save'), 'save')
  const commandLine = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
  assert.match(commandLine, /^redis-server/)
  assert.ok(!commandLine.includes(PASSWORD))
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
})
