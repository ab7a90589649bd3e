import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startEngines } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import { endWithUs } from '../support/process.ts'
import { START_MS, until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

test('examples/two-nodes starts two nodes, between which a message crosses, and ends both', async () => {
  await using engines = await startEngines()
  const env = { ...process.env, DATABASE_URL: engines.postgres.url, REDIS_URL: engines.redis.url }
  const ports = [await freePort(), await freePort()].map(String)
  const nodes = spawn(process.execPath, ['examples/two-nodes/start.ts', ...ports], { cwd: ROOT, env })
  endWithUs(nodes)
  let printed = ''
  nodes.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  await until('both nodes', () => printed.split('is ready').length === 3, START_MS)

  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const { stdout } = await run(process.execPath, ['examples/two-nodes/talk.ts', ...urls], { cwd: ROOT })
  assert.match(stdout, /Bob, at \S+: .*"txt":"Hello, Bob!"/)
  assert.match(stdout, /Ada, at \S+: .*"txt":"Hello, Ada!"/)
  assert.match(stdout, /she reads .*Hello, Bob!.*Hello, Ada!/)

  const ended = once(nodes, 'exit')
  nodes.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  for (const url of urls) await assert.rejects(fetch(`${url}/healthz`))
})
