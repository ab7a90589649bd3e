import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { CONCURRENCY } from './index.ts'
import { PASSES, runSuite } from './suite.ts'

/** Notes what happens, in which process. */
const noting = (what: string): string =>
  `(await import('node:fs')).appendFileSync(import.meta.dirname + '/order', process.pid + ' ${what}\\n')`

/** A file that notes its hooks. */
const hooked = (name: string): string => `
  const { after, beforeEach } = await import('node:test')
  before(async () => ${noting(`${name} begins`)})
  beforeEach(async () => ${noting(`${name} each`)})
  after(async () => ${noting(`${name} ends`)})
  ${PASSES}
  ${PASSES}`

test('files share processes, one after the other, each with hooks of its own', async (t) => {
  // One more than there are processes at a time.
  const names = Array.from({ length: CONCURRENCY + 1 }, (_, n) => `file-${n}`)
  const files = Object.fromEntries(names.map((name) => [name, hooked(name)]))
  const { lines, folder } = await runSuite(t, { files })
  assert.equal(lines.at(-1), `${2 * names.length} passed, 0 failed`)
  const noted = (await readFile(join(folder, 'order'), 'utf8')).trimEnd().split('\n')
  const processes = Object.values(Object.groupBy(noted, (line) => line.split(' ')[0] ?? ''))
  assert.ok(processes.length < names.length)
  for (const lines of processes) {
    const told = (lines ?? []).map((line) => line.slice(line.indexOf(' ') + 1))
    const files = told.filter((line) => line.endsWith('begins')).map((line) => line.split(' ')[0])
    const expected = files.flatMap((name) =>
      ['begins', 'each', 'each', 'ends'].map((what) => `${name} ${what}`),
    )
    assert.deepEqual(told, expected)
  }
})

/** Files that leave something to the next one of their process, each with what is said of it. */
const LEAVERS: Readonly<Record<string, readonly [body: string, reason: RegExp]>> = {
  changes: [`${PASSES}\nprocess.env.SOME_SETTING = 'on'`, /has changed the environment: SOME_SETTING/],
  exits: [`${PASSES}\nprocess.exitCode = 3`, /has set the exit code 3/],
  late: [
    `const later = (turns) => setImmediate(() => {
      if (turns > 0) later(turns - 1)
      else throw new Error('too late')
    })
    test('it passes', () => later(10))`,
    /Error: too late/,
  ],
  kills: [
    `test('it kills', () => process.kill(process.pid, 'SIGKILL'))`,
    /SIGKILL|its process ended before it/,
  ],
}

test('a file that leaves something to the next has failed, and no other of its process has', async (t) => {
  const bodies = Object.entries(LEAVERS).map(([name, [body]]) => [name, body])
  const good = ['one', 'two', 'ten'].map((name) => [name, PASSES])
  const { lines, code } = await runSuite(t, {
    files: Object.fromEntries([...bodies, ...good]),
    words: ['test'],
  })
  assert.equal(code, 1)
  const failed = lines.flatMap((line) => /^✖ .*some\/(\w+)\.test\.ts: 1 FAILED/.exec(line)?.[1] ?? [])
  assert.deepEqual(failed.toSorted(), Object.keys(LEAVERS).toSorted())
  const passed = lines.flatMap((line) => /^✔ .*some\/(\w+)\.test\.ts: 1 passed/.exec(line)?.[1] ?? [])
  assert.deepEqual(passed.toSorted(), ['one', 'ten', 'two'])
  for (const [, reason] of Object.values(LEAVERS)) assert.match(lines.join('\n'), reason)
})
