import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)

// Several checkers would each read most of the files, beside tests that have the cores anyway.
test('the types fit', async () =>
  void (await run(bin('tsc'), ['--noEmit', '--singleThreaded'], { cwd: ROOT })))

test('the formatter and the linter have nothing to say', async () =>
  void (await run(bin('biome'), ['check', '--error-on-warnings'], { cwd: ROOT })))
