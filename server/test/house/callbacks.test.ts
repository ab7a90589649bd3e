import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const SRC = join(import.meta.dirname, '../../src')

/** Files that make the guards. */
const GUARDS = new Set(['lib/guard.ts', 'lib/timers.ts'])

const lines = globSync('**/*.ts', { cwd: SRC })
  .filter((file) => !GUARDS.has(file))
  .flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8')
    return text.split('\n').map((line, at) => ({ where: `${file}:${at + 1}`, line, text }))
  })

const found = (pattern: RegExp, isAllowed: (text: string) => boolean = () => false): string[] =>
  lines.filter(({ line, text }) => pattern.test(line) && !isAllowed(text)).map(({ where }) => where)

/** Whether a file imports the timer as a promise: the code that awaits it gets the failure. */
const hasPromiseOf = (timer: string) => (text: string) =>
  new RegExp(`import \\{[^}]*\\b${timer}\\b[^}]*\\} from 'node:timers/promises'`).test(text)

test('a callback of a timer is guarded', () => {
  for (const timer of ['setTimeout', 'setInterval', 'setImmediate'])
    assert.deepEqual(found(new RegExp(`(?<![.\\w])${timer}\\(`), hasPromiseOf(timer)), [], timer)
  assert.deepEqual(found(/queueMicrotask\(/), [])
})

test('a promise that nobody waits for is owned', () => {
  assert.deepEqual(found(/(?:^\s*|=> |\) |else )void [a-zA-Z(]/), [])
})

test('nothing listens to what no guard has caught: the process ends, and is started again', () => {
  assert.deepEqual(found(/uncaughtException|unhandledRejection/), [])
})
