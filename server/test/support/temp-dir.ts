import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Owner } from './owner.ts'

/** A fresh directory, removed after its owner. Hooks run in order: register first what must end before. */
export async function tempDir(owner: Owner): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-'))
  owner.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}
