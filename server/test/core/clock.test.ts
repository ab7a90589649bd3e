import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/lib/clock.ts'

const NOON = 1_700_000_000_000
const HOUR = 3_600_000

/** A machine whose two clocks are set by the test. */
function machine() {
  const at = { wallMs: NOON, steadyMs: 5_000 }
  const clock = systemClock({ wallMs: () => Math.floor(at.wallMs), steadyMs: () => at.steadyMs })
  return {
    at,
    clock,
    pass(ms: number): void {
      at.wallMs += ms
      at.steadyMs += ms
    },
  }
}

test('time has microseconds, and none comes twice', () => {
  const { clock, pass } = machine()
  assert.equal(clock.nowMicros(), NOON * 1000)
  assert.equal(clock.nowMicros(), NOON * 1000 + 1)
  pass(0.25)
  assert.equal(clock.nowMicros(), NOON * 1000 + 250)
  pass(0.5)
  assert.equal(clock.nowMicros(), NOON * 1000 + 750)
})

test("after a sleep, in which the steady clock stood still, time is the machine's", () => {
  const { at, clock } = machine()
  clock.nowMicros()
  at.wallMs += 20 * 60_000
  assert.equal(clock.nowMicros(), (NOON + 20 * 60_000) * 1000)
})

for (const [name, hours] of Object.entries({
  'ahead by an hour': 1,
  'back by an hour': -1,
  'back by a year': -8766,
})) {
  test(`a clock that is set ${name} is followed at once, and goes on from there`, () => {
    const { at, clock, pass } = machine()
    clock.nowMicros()
    at.wallMs += hours * HOUR
    const there = clock.nowMicros()
    assert.equal(Math.floor(there / 1000), at.wallMs)
    pass(1500)
    assert.equal(Math.floor((clock.nowMicros() - there) / 1000), 1500)
  })
}

test('a server that started hours ahead has the right time once the machine has', () => {
  const at = { wallMs: NOON + 5 * HOUR, steadyMs: 1 }
  const clock = systemClock({ wallMs: () => at.wallMs, steadyMs: () => at.steadyMs })
  assert.equal(clock.nowMicros(), (NOON + 5 * HOUR) * 1000)
  at.wallMs = NOON
  assert.equal(clock.nowMicros(), NOON * 1000)
})

test('a small correction backwards is waited out, without a time twice', () => {
  const { at, clock, pass } = machine()
  pass(900)
  const before = clock.nowMicros()
  at.wallMs -= 900
  for (const step of [1, 2, 3]) assert.equal(clock.nowMicros(), before + step)
  pass(901)
  assert.equal(Math.floor(clock.nowMicros() / 1000), NOON + 901)
})

/** Files that compare the machine's clock with another node's or with the ages of files, or only show it. */
const OTHER_READERS = [
  'bus/kept-news.ts',
  'files/folder/folder.ts',
  'operating/backup/earlier-back-up.ts',
  'operating/backup/make.ts',
  'operating/doctor/certificate.ts',
  'operating/doctor/clock.ts',
]

test("nothing that dates, issues or judges reads the machine's clock past the one", () => {
  const cwd = join(import.meta.dirname, '../../src')
  const readers = globSync('**/*.{ts,js}', { cwd }).filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)|\btimeOrigin\b/.test(readFileSync(join(cwd, file), 'utf8')),
  )
  assert.deepEqual(readers.sort(), [...OTHER_READERS, 'lib/clock.ts'].sort())
})
