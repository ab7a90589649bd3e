import { DatabaseSync } from 'node:sqlite'
import { engineCode } from './failure.ts'
import { inUse } from './refusals.ts'

// Long enough for two that start at the same moment to agree on one, and for a predecessor's last commit.
const WAIT_MS = 1000

/**
 * Makes this process the file's only server until `close`. The lock is the operating system's, on a file
 * beside it, so a killed process leaves none behind. Backups and `sqlite3` are free to read meanwhile.
 */
export function lockFor(file: string): { close(): void } {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: WAIT_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw engineCode(error) === 'BUSY' ? inUse(file, error) : error
  }
  return lock
}
