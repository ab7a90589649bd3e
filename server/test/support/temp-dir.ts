import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A fresh directory, removed after the test. Hooks run in order: register first what must end before. */
export async function tempDir(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}
