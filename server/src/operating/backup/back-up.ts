import { resolve } from 'node:path'
import { shownDatabase } from '../../config/index.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { report, seconds } from '../../lib/report.ts'
import { printFacts, type Row } from '../rows.ts'
import { type BackUpOrder, type MadeBackUp, makeBackUp } from './make.ts'
import type { ToolEnvironment } from './postgres-tool.ts'
import { stepsForPeople } from './steps.ts'

const STOPPED = 'The back-up was stopped: nothing was kept of it, give the command again.'

interface BackUp extends BackUpOrder {
  readonly environment: ToolEnvironment
  /** Prints one JSON object about the back-up to standard output. */
  readonly asJson: boolean
}

/** Makes a back-up as `makeBackUp` does, and tells a person of it. */
export async function backUp({ asJson, environment, ...order }: BackUp): Promise<void> {
  const startedAt = performance.now()
  using interruption = onInterruption(STOPPED)
  const { signal } = interruption
  const made = await makeBackUp(order, { environment, steps: stepsForPeople, signal })
  tell(made, { ...order, tookMs: performance.now() - startedAt })
  if (asJson) await printFacts(factsOf(made, resolve(order.directory)), true)
}

type Telling = BackUpOrder & { readonly tookMs: number }

function tell(
  { manifest: { counts, uploads, files }, copied }: MadeBackUp,
  { database, filesDirectory, directory, tookMs }: Telling,
): void {
  const { contents = 0, bytes = 0, missing = 0 } = uploads ?? {}
  const lost = `${missing} contents are not in ${filesDirectory}: deleted meanwhile, or lost before`
  process.stderr.write(
    report('Backed up, and the copy was read through.', counts, [
      ['from', shownDatabase(database)],
      ['to', resolve(directory)],
      ['files', `${contents} contents, ${bytes} bytes; ${copied} were new`],
      ...(files.certificates ? [['certificate', 'that of TLS_DOMAIN, with its keys'] as const] : []),
      ...(missing > 0 ? [['beware', lost] as const] : []),
      ['took', seconds(tookMs)],
      ['beware', 'it holds password hashes and secrets: keep it as you keep passwords'],
      ['', 'it holds no settings: keep those that you have written yourself, such as JWTSECRET, beside it'],
      ['next', `parlance restore ${directory}, with the settings of a database that is not there yet`],
    ]),
  )
}

function factsOf({ manifest, copied }: MadeBackUp, directory: string): Row {
  const { madeAt, schema, files, uploads } = manifest
  const { contents = 0, bytes: contentBytes = 0, missing = 0 } = uploads ?? {}
  const { name: database, bytes: databaseBytes } = files.database
  return { directory, madeAt, schema, database, databaseBytes, contents, contentBytes, copied, missing }
}
