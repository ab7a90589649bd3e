import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** The file system in memory of every Linux. In a container it is often too small. */
const IN_MEMORY = '/dev/shm'
/** Several times as much as the suite has there at once. */
const ENOUGH_BYTES = 4 * 1024 ** 3

/**
 * Puts the temporary files of this process and of those that it starts into memory, unless TMPDIR names a place or there is
 * too little room. Each test has databases of its own, and to sync them all keeps a disk busier than the processors. The
 * same calls are made there, and what a process has written before it is killed is there as on a disk.
 */
export function openScratch(): void {
  if (process.env.TMPDIR || !memoryHasRoom()) return
  const folder = mkdtempSync(join(IN_MEMORY, 'parlance-test-'))
  // A PostgreSQL of a test runs as a user of its own, who must get to its folder.
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
  process.once('exit', () => remove(folder))
  // Memory that nobody gives back is missed until the next boot.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    // An error that is thrown here would keep the process alive. A test that was killed may have left a mounted disk.
    process.stderr.write(`${folder} is left: ${error}\n`)
  }
}

export function memoryHasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return bavail * bsize >= ENOUGH_BYTES
  } catch {
    // No such file system here.
    return false
  }
}
