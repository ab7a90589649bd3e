import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const MAIN = join(import.meta.dirname, '../main.ts')

const MISUSES: readonly (readonly [args: readonly string[], what: RegExp])[] = [
  [['--nope'], /--nope/],
  [['fan-out'], /'fan-out'/],
  [['--only'], /--only/],
  [['--only', 'fan-out,nosuch'], /nosuch.*fan-out,.* rooms-of-five, /],
  [['--targets', 'nosuch'], /--targets/],
  [['--runs', '0'], /--runs/],
]

for (const [args, what] of MISUSES) {
  test(`${args.join(' ')} is refused with one sentence`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
    assert.equal(status, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, what)
    assert.match(stderr, /^[^\n]+\.\n$/)
  })
}
