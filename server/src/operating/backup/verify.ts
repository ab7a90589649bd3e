import { join, resolve } from 'node:path'
import { CommandEnd } from '../../lib/command-end.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { Progress } from '../../lib/progress.ts'
import { readSecrets } from '../../secrets/index.ts'
import { type Finding, fault, ok, warning } from '../doctor/finding.ts'
import { checkSqliteCopy, contentsIn } from '../endpoints.ts'
import { printRows } from '../rows.ts'
import { certificatesIn } from './certificates.ts'
import { ContentFolder } from './content-folder.ts'
import { FILES, type Manifest, readManifest, requireContent } from './manifest.ts'
import { requireRows } from './postgres-dump.ts'
import { digestsIn } from './postgres-restore.ts'
import { PostgresTools, type ToolEnvironment } from './postgres-tool.ts'
import { requireSum, sumOf } from './sum.ts'

const STOPPED = 'The check was stopped: nothing was changed, give the command again.'

interface Verify {
  readonly directory: string
  readonly asJson: boolean
  readonly environment: ToolEnvironment
}

/**
 * Compares a back-up with its manifest, and prints what was found: each file is read through, and the database opened,
 * read-only. Changes nothing. Throws `CommandEnd` with exit code 1 if anything is not as it should be.
 */
export async function verifyBackUp({ directory, asJson, environment }: Verify): Promise<void> {
  using interruption = onInterruption(STOPPED)
  const findings = await findingsOf(resolve(directory), environment, interruption.signal)
  await printRows([findings.map((finding) => ({ ...finding }))], { asJson, nothing: '' })
  const faults = findings.filter(({ level }) => level === 'fault').length
  if (faults > 0) throw new CommandEnd(`${directory} is no whole back-up: use another one.`)
}

/** Looks at each part of a back-up. Throws the signal's reason. */
export async function findingsOf(
  directory: string,
  environment: ToolEnvironment,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let manifest: Manifest | undefined
  const read = await look('manifest', () => {
    manifest = readManifest(directory)
    const { madeAt, schema } = manifest
    return ok('manifest', `It was made at ${madeAt}, of a database with schema ${schema}.`)
  })
  if (!manifest) return [read]
  const tools = new PostgresTools(environment, signal)
  const part = { directory, manifest, tools, signal }
  const secrets = await look('secrets', () => lookAtSecrets(part))
  const database = await look('database', () => lookAtDatabase(part))
  // A database that is not whole cannot tell which files there have to be.
  if (database.level === 'fault') return [read, secrets, database]
  const files = await look('files', () => lookAtFiles(part))
  if (!manifest.files.certificates) return [read, secrets, database, files]
  return [read, secrets, database, files, await look('certificate', () => lookAtCertificate(part))]
}

/** The finding; an interruption ends the command. */
async function look(subject: string, examine: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await examine()
  } catch (error) {
    if (error instanceof CommandEnd && error.exitCode !== 1) throw error
    return fault(subject, error instanceof Error ? error.message : String(error), OTHER)
  }
}

const OTHER = 'Use another back-up, or make a new one.'

interface Part {
  readonly directory: string
  readonly manifest: Manifest
  readonly tools: PostgresTools
  readonly signal: AbortSignal
}

async function lookAtSecrets({ directory, manifest, signal }: Part): Promise<Finding> {
  await requireSum({ directory, name: FILES.secrets, ...manifest.files.secrets }, { signal })
  readSecrets(directory)
  return ok('secrets', `${FILES.secrets} is as it was written.`)
}

async function lookAtCertificate({ directory, manifest, signal }: Part): Promise<Finding> {
  await certificatesIn(directory, manifest, signal)
  return ok('certificate', 'The certificate of TLS_DOMAIN and its keys are as they were written.')
}

async function lookAtDatabase({ directory, manifest, tools, signal }: Part): Promise<Finding> {
  const { database } = manifest.files
  const progress = new Progress('checking', database.bytes, process.stderr, 'bytes')
  const file = await requireSum({ directory, ...database }, { onBytes: progress.advance, signal })
  progress.end()
  process.stderr.write('checking   what is in it\n')
  if (!manifest.postgres) requireContent(directory, manifest, checkSqliteCopy(file))
  else if (await isToolMissing(tools)) return warning('database', ONLY_SUM, INSTALL)
  else await requireRows(file, manifest.counts, tools)
  const rows = Object.values(manifest.counts).reduce((sum, count) => sum + count, 0)
  return ok('database', `${database.name} is sound, and holds the ${rows} rows of its manifest.`)
}

const ONLY_SUM = 'Its sum is that of the manifest; it was not opened, as there is no pg_restore here.'
const INSTALL = "Install PostgreSQL's client programs (postgresql-client), and check again."

/** Whether a dump can only be compared with its sum. */
async function isToolMissing(tools: PostgresTools): Promise<boolean> {
  try {
    await tools.require('pg_restore', 0)
    return false
  } catch (error) {
    if (error instanceof CommandEnd && error.cause !== undefined) return true
    throw error
  }
}

async function lookAtFiles({ directory, manifest, signal }: Part): Promise<Finding> {
  const folder = ContentFolder.ofBackUp(directory)
  const digests = manifest.postgres
    ? await digestsIn(directory, manifest, signal)
    : contentsIn(join(directory, manifest.files.database.name))
  const progress = new Progress('checking', digests.length, process.stderr, 'files')
  let whole = 0
  for (const sha256 of digests) {
    const found = folder.find(sha256)
    if (found && (await sumOf(found.path, { signal })).sha256 !== sha256)
      throw new CommandEnd(`${found.path} is not what its name says: it was cut or changed.`)
    whole += found ? 1 : 0
    progress.advance(1)
  }
  if (digests.length > 0) progress.end()
  const { contents: wanted, missing = 0 } = manifest.uploads ?? { contents: 0 }
  if (whole < wanted) return fault('files', `${folder.folder} holds ${whole} of ${wanted} contents.`, OTHER)
  const found = `All ${whole} contents of files are what their names say.`
  if (whole === digests.length) return ok('files', found)
  return warning('files', `${found} ${missing} were missing already when it was made.`, KEEP)
}

const KEEP = 'Look for them in earlier back-ups: their messages are shown without them.'
