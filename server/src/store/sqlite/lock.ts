import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StoreRefusal } from '../refusal.ts'
import { engineCode } from './failure.ts'
import { backedUpAlready, inUse } from './refusals.ts'

// Long enough for two that start at the same moment to agree on one, and for a predecessor's last commit.
const WAIT_MS = 1000

/**
 * Makes this process the file's only server until `close`. The lock is the operating system's, on a file
 * beside it, so a killed process leaves none behind. Backups and `sqlite3` are free to read meanwhile.
 */
export const lockFor = (file: string): Lock => lockBeside(file, inUse)

/** Makes this process the only one that writes a back-up into a folder, in the same way. Throws `StoreRefusal`. */
export const lockBackUp = (directory: string): Lock => lockBeside(join(directory, 'backup'), backedUpAlready)

interface Lock {
  close(): void
}

function lockBeside(file: string, taken: (file: string, cause: unknown) => StoreRefusal): Lock {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: WAIT_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw engineCode(error) === 'BUSY' ? taken(file, error) : error
  }
  return lock
}
