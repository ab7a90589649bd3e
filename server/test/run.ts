import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSuite } from './runner/index.ts'

// `npm test` runs everything; `npm test -- rooms interop` only the files whose path has one of the words.

// Each file is a process of its own, which would compile the same modules again. The directory is of this run alone:
// code under a name that others know could be theirs, and would be run.
if (!process.env.NODE_COMPILE_CACHE) {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-compile-cache-'))
  process.env.NODE_COMPILE_CACHE = directory
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
}

const root = join(import.meta.dirname, '../..')
process.exitCode = await runSuite({ root, words: process.argv.slice(2) })
