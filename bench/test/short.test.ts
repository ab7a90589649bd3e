import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { listScenarios } from '../catalogue.ts'

const run = promisify(execFile)
const MAIN = join(import.meta.dirname, '../main.ts')

test('in short, every target runs in some scenario', () => {
  const targetsOf = (isShort: boolean) =>
    listScenarios({ peers: true, isShort }).flatMap(({ runs }) => runs.map(({ target }) => target.name))
  assert.deepEqual(new Set(targetsOf(true)), new Set(targetsOf(false)))
})

// A scenario fails by itself when a message that was accepted is not stored or does not reach everybody.
test('every scenario runs', async (t) => {
  const running = run(process.execPath, [MAIN, '--short'])
  t.after(() => void running.child.kill())
  const { stdout } = await running
  const lines = stdout.split('\n')
  for (const { name, title, missing, runs } of listScenarios({ peers: false, isShort: true })) {
    const from = lines.indexOf(`${name}: ${title}`)
    assert.notEqual(from, -1, `${name} did not run`)
    const reason = missing?.()
    if (reason !== undefined) {
      assert.equal(lines[from + 1], `  left out, ${reason}`)
      continue
    }
    for (const [i, { target }] of runs.entries()) {
      assert.ok(lines[from + 1 + i]?.startsWith(`  ${target.name}`), `${name}: ${target.name} did not run`)
    }
  }
})
