import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { COSTS_VARIABLE, nameOfCost } from './costs.ts'

// Preloaded into each test file.

const GRACE_MS = 60_000

// The runner waits for ever for a file that has run all tests and does not end, as when a failed test left sockets
// open.
after(() => {
  const end = setTimeout(() => {
    process.stderr.write(`does not end, because of: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, GRACE_MS)
  end.unref()
})

const folder = process.env[COSTS_VARIABLE]
const file = process.argv[1]
// A process that a test forks inherits this preload, and is a part of the file's cost.
if (folder !== undefined && file?.endsWith('.test.ts'))
  process.on('exit', () => writeFileSync(join(folder, nameOfCost(file)), String(readProcessorMs())))

/** Processor time of this process and, on Linux, of the processes that it started and that have ended. */
function readProcessorMs(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // Fields 14 to 17 in hundredths of a second; the second, a name in brackets, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}
