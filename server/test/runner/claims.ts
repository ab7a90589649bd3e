import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder in which a process that shares files with others writes its name for each file that it begins. */
const CLAIMS_VARIABLE = 'PARLANCE_TEST_CLAIMS'

const claimOf = (folder: string, path: string): string => join(folder, encodeURIComponent(path))

/** The name of the process that has begun a file; undefined when none has. */
export type ClaimantOf = (path: string) => string | undefined

/** Opens that folder for the life of this process. */
export function openClaims(): ClaimantOf {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-test-claims-'))
  process.env[CLAIMS_VARIABLE] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return (path) => {
    try {
      return readFileSync(claimOf(folder, path), 'utf8')
    } catch {
      return undefined
    }
  }
}

/** Whether the file is for the process of that name to run: the first that asks has it. */
export function claim(path: string, claimant: string): boolean {
  const folder = process.env[CLAIMS_VARIABLE]
  if (folder === undefined) throw new Error(`${CLAIMS_VARIABLE} is not set`)
  try {
    writeFileSync(claimOf(folder, path), claimant, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
