import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder into which the processor time of each test file is written as it ends. */
const COSTS_VARIABLE = 'PARLANCE_TEST_COSTS'

const nameOfCost = (path: string): string => encodeURIComponent(path)

/** Opens that folder for the life of this process, and returns what reads a file's cost in milliseconds. */
export function collectCosts(): (path: string) => number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-test-costs-'))
  process.env[COSTS_VARIABLE] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return (path) => {
    try {
      return Number(readFileSync(join(folder, nameOfCost(path)), 'utf8'))
    } catch {
      // A process that was killed has written none.
      return undefined
    }
  }
}

/** Notes the milliseconds that the file took; nothing where nobody collects them. */
export function noteCost(path: string, processorMs: number): void {
  const folder = process.env[COSTS_VARIABLE]
  if (folder !== undefined) writeFileSync(join(folder, nameOfCost(path)), String(processorMs))
}

/** Processor time of this process and, on Linux, of the processes that it started and that have ended. */
export function readProcessorMs(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // Fields 14 to 17 in hundredths of a second; the second, a name in brackets, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}
