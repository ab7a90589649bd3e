import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder into which each test file's process writes its processor time as it ends. */
export const COSTS_VARIABLE = 'PARLANCE_TEST_COSTS'

export const nameOfCost = (path: string): string => encodeURIComponent(path)

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
