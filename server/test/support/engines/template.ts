import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Names a folder of the run of a suite. Its first engine leaves its empty database there, and the others copy it. */
export const TEMPLATES_VARIABLE = 'PARLANCE_TEST_TEMPLATES'

const run = promisify(execFile)

/** Copies an empty database, with its owners and rights, to where there is none: a third of the cost of making it. */
const copy = (from: string, to: string) => run('cp', ['-a', from, to])

/** The folder `data` becomes a copy of the run's empty database, or is made and left to the others. */
export async function copiedOrMade(data: string, make: () => Promise<void>): Promise<void> {
  const templates = process.env[TEMPLATES_VARIABLE]
  if (templates === undefined) return make()
  const template = join(templates, 'postgres')
  if (existsSync(template)) return void (await copy(template, data))
  await make()
  // Several may be the first: a template is there whole or not at all, and the second is not needed.
  const mine = await mkdtemp(join(templates, 'making-'))
  await copy(data, join(mine, 'postgres'))
  await rename(join(mine, 'postgres'), template).catch(async (error) => {
    if (!existsSync(template)) throw error
  })
  await rm(mine, { recursive: true })
}
