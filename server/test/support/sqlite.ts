import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { forgetEpochIn } from '../../src/store/sqlite/epoch.ts'

let empty: Buffer | undefined

/**
 * Writes an empty database of this version to that path, as if a server had just made it there. All migrations would
 * take ten times as long, and are what `store/migrate` and `store/sqlite` are about.
 */
export function writeEmptyDatabase(path: string): void {
  empty ??= makeEmptyDatabase()
  writeFileSync(path, empty, { flag: 'wx' })
}

function makeEmptyDatabase(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-'))
  const file = join(folder, 'empty.db')
  try {
    openForWriting(file).close()
    forgetEpochIn(file)
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
