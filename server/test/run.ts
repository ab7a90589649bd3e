import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSuite } from './runner/index.ts'
import { openScratch } from './runner/scratch.ts'
import { TEMPLATES_VARIABLE } from './support/engines/template.ts'

// `npm test` runs all files but the long ones, and `npm test -- --all` these too; `npm test -- rooms interop` runs the files whose
// path has one of the words.

/** Gives the processes of this run a directory of its own, unless they are given one: what others can write would be run. */
function share(variable: string, prefix: string): void {
  if (process.env[variable]) return
  const directory = mkdtempSync(join(tmpdir(), prefix))
  process.env[variable] = directory
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
}

const ALL = '--all'

openScratch()
// Each file is a process of its own, which would compile the same modules again.
share('NODE_COMPILE_CACHE', 'parlance-compile-cache-')
share(TEMPLATES_VARIABLE, 'parlance-templates-')

const root = join(import.meta.dirname, '../..')
const args = process.argv.slice(2)
const words = args.filter((word) => word !== ALL)
process.exitCode = await runSuite({ root, words, isWhole: args.includes(ALL) })
