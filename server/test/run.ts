import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import {
  dockerIsMissing,
  enginesAreMissing,
  haproxyIsMissing,
  nginxIsMissing,
  pgbouncerIsMissing,
} from './support/engines/index.ts'
import { postgresIsMissing } from './support/postgres.ts'

// `npm test` runs everything; `npm test -- rooms interop` only the files whose path has one of the words.
const words = process.argv.slice(2)
const root = join(import.meta.dirname, '../..')
const wanted = globSync(['server/test/**/*.test.ts', 'bench/test/**/*.test.ts'], { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

/** Files whose name begins with it need it; elsewhere they are left out, which the last lines say aloud. */
const needs = {
  postgres: postgresIsMissing,
  redis: enginesAreMissing,
  'engine-': enginesAreMissing,
  'pgbouncer-': pgbouncerIsMissing,
  'cluster-': enginesAreMissing,
  'haproxy-': haproxyIsMissing,
  'nginx-': nginxIsMissing,
  'docker-': dockerIsMissing,
}

const leftOut: string[] = []
for (const [engine, isMissing] of Object.entries(needs)) {
  const files = wanted.filter((file) => basename(file).startsWith(engine))
  const reason = files.length > 0 ? await isMissing() : undefined
  if (reason === undefined) continue
  for (const file of files) wanted.splice(wanted.indexOf(file), 1)
  leftOut.push(`NOT RUN, because ${reason}: ${files.join(', ')}`)
}

// Each file is a process of its own, which would compile the same modules again. The directory is of this run alone:
// code under a name that others know could be theirs, and would be run.
if (!process.env.NODE_COMPILE_CACHE) {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-compile-cache-'))
  process.env.NODE_COMPILE_CACHE = directory
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
}

let passed = 0
let failed = 0

/** Several times what it takes; who waits for us, CI say, would learn nothing by giving up first. */
const DEADLINE_MS = 60 * 60_000
const open = new Set<string>()
setTimeout(() => {
  process.stdout.write(`\nNOT DONE after ${DEADLINE_MS / 60_000} minutes: ${[...open].join(', ')}\n`)
  process.exit(1)
}, DEADLINE_MS).unref()

const tests = run({
  files: wanted.map((file) => join(root, file)),
  // Many wait more than they compute.
  concurrency: availableParallelism() + 2,
  // Of each test and each hook.
  timeout: 600_000,
  execArgv: [`--import=${join(import.meta.dirname, 'support/must-end.ts')}`],
})
  .on('test:dequeue', ({ name, file }) => {
    if (file !== undefined && name === file) open.add(file)
  })
  .on('test:summary', ({ file }) => {
    if (file !== undefined) open.delete(file)
  })
  .on('test:pass', ({ details }) => {
    if (details.type !== 'suite') passed++
  })
  .on('test:fail', ({ details }) => {
    if (details.type !== 'suite') failed++
    process.exitCode = 1
  })

for await (const line of tests.compose(new spec())) process.stdout.write(line)

if (passed === 0) process.exitCode = 1
for (const line of leftOut) process.stdout.write(`\n${line}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
