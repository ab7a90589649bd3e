import { globSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

// `npm test` runs everything; `npm test -- rooms interop` only the files whose path has one of the words.
const words = process.argv.slice(2)
const root = import.meta.dirname
const files = globSync('**/*.test.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .map((file) => join(root, file))

let passed = 0
let failed = 0

const tests = run({ files, concurrency: 2, timeout: 600_000 })
  .on('test:pass', ({ details }) => {
    if (details.type !== 'suite') passed++
  })
  .on('test:fail', ({ details }) => {
    if (details.type !== 'suite') failed++
    process.exitCode = 1
  })

for await (const line of tests.compose(new spec())) process.stdout.write(line)

if (passed === 0) process.exitCode = 1
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
