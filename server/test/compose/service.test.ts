import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../src/config/index.ts'
import { tempDir } from '../support/temp-dir.ts'

// deploy/parlance.service, judged by systemd's own tool.

const ROOT = join(import.meta.dirname, '../../..')
const FILE = join(ROOT, 'deploy/parlance.service')
const unit = readFileSync(FILE, 'utf8')
const MAIN = '/opt/parlance/node_modules/@parlance/server/server/src/main.js'
/** Tenths, of ten: the lower, the less a service can do that has been taken over. */
const MOST_EXPOSED = 20

const analyze = (...args: readonly string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' })

const skip =
  analyze('security', '--offline=yes', '--threshold=100', FILE).status !== 0 &&
  'systemd-analyze is not there, or older than 250'

const lineOf = (name: string): string =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? assert.fail(`no ${name}`)

test('the service is exposed by 2.0 of 10 at most, as systemd counts', { skip }, (t) => {
  const { status, stdout, stderr } = analyze('security', '--offline=yes', `--threshold=${MOST_EXPOSED}`, FILE)
  t.diagnostic(/Overall exposure level.*/.exec(stdout)?.[0] ?? stdout)
  assert.equal(status, 0, stdout + stderr)
})

test('systemd finds nothing to say about the service', { skip }, async (t) => {
  const copy = join(await tempDir(t), 'parlance.service')
  // Its program, at the place that it has here.
  const text = unit.replace('/usr/bin/node', process.execPath).replace(MAIN, join(ROOT, 'server/src/main.js'))
  writeFileSync(copy, text)
  const { status, stdout, stderr } = analyze('verify', '--man=no', copy)
  assert.deepEqual([status, stdout, stderr], [0, '', ''])
})

test('the service starts the program that the package has, with settings that it takes', () => {
  const { name } = JSON.parse(readFileSync(join(ROOT, 'server/package.json'), 'utf8'))
  assert.equal(lineOf('ExecStart'), `/usr/bin/node ${MAIN} start`)
  assert.ok(MAIN.includes(`/node_modules/${name}/server/src/main.js`))
  const settings = Object.fromEntries(
    lineOf('Environment')
      .split(' ')
      .map((pair) => pair.split(/=(.*)/s, 2)),
  )
  const { database } = readConfig(settings)
  assert.equal(database.kind === 'sqlite' && database.file, '/var/lib/parlance/parlance.db')
  assert.equal(lineOf('WorkingDirectory'), `/var/lib/${lineOf('StateDirectory')}`)
})

test('the service may end in its order, keep its connections and compile its code', () => {
  assert.ok(Number(lineOf('TimeoutStopSec')) >= 20)
  assert.equal(lineOf('KillSignal'), 'SIGTERM')
  assert.equal(lineOf('Restart'), 'on-failure')
  assert.ok(Number(lineOf('LimitNOFILE')) >= 100_000)
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=/m)
})
