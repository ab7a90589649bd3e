import { realpathSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Database, shownDatabase } from '../../config/index.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { report, seconds } from '../../lib/report.ts'
import { printFacts, type Row } from '../rows.ts'
import { ContentFolder } from './content-folder.ts'
import { copyContents } from './contents.ts'
import { earlierBackUp } from './earlier-back-up.ts'
import { FILES, type Manifest } from './manifest.ts'
import { newBackUp } from './new-back-up.ts'
import { snapshotPostgres } from './postgres-snapshot.ts'
import { PostgresTools, type ToolEnvironment } from './postgres-tool.ts'
import { snapshotSqlite } from './sqlite-snapshot.ts'
import { sumOf } from './sum.ts'
import { OWNER_ONLY, type Target } from './target.ts'

const STOPPED = 'The back-up was stopped: nothing was kept of it, give the command again.'

interface BackUp {
  readonly database: Database
  /** The folder of uploaded files. */
  readonly filesDirectory: string
  readonly directory: string
  readonly environment: ToolEnvironment
  /** Prints one JSON object about the back-up to standard output. */
  readonly asJson: boolean
}

/**
 * Copies a database, which servers may go on using, its secrets and the contents of its files into a folder that is
 * not there yet or empty, or has an earlier back-up of the same server: what that has of the files is kept. The folder
 * is whole at any time, since the new back-up takes the place of the earlier one when it was read through and is on
 * disk. Throws `CommandEnd`, `StoreRefusal`, `SettingRefusal`.
 */
export async function backUp({ directory, asJson, ...from }: BackUp): Promise<void> {
  const startedAt = performance.now()
  using interruption = onInterruption(STOPPED)
  const { signal } = interruption
  const to = resolve(directory)
  const target = hasManifest(to) ? await earlierBackUp(realpathSync(to), signal) : newBackUp(to)
  try {
    const made = await fill(target, { ...from, signal })
    await target.conclude(made.manifest, made.digests)
    tell(made, { ...from, directory, tookMs: performance.now() - startedAt })
    if (asJson) await printFacts(factsOf(made, to), true)
  } catch (error) {
    throw fileRefusal(error, to, 'written')
  } finally {
    await target.close()
  }
}

const hasManifest = (directory: string): boolean =>
  statSync(join(directory, FILES.manifest), { throwIfNoEntry: false }) !== undefined

interface Made {
  readonly manifest: Manifest
  readonly digests: readonly string[]
  /** Contents of files that no earlier back-up had. */
  readonly copied: number
}

type Filling = Pick<BackUp, 'database' | 'filesDirectory' | 'environment'> & { readonly signal: AbortSignal }

async function fill(
  target: Target,
  { database, filesDirectory, environment, signal }: Filling,
): Promise<Made> {
  const name = target.nameOf(database.kind === 'sqlite' ? 'db' : 'dump')
  const file = join(target.work, name)
  const { content, secrets, digests, postgres } = await (database.kind === 'sqlite'
    ? snapshotSqlite(database, file, signal)
    : snapshotPostgres({
        ...{ url: database.url, to: file, signal },
        tools: new PostgresTools(environment, signal),
      }))
  const kept = target.keepSecrets(secrets)
  // After the database: a content never changes, so what the copy names is there but for what was deleted since.
  const { copied, ...uploads } = await copyContents({
    from: ContentFolder.ofServer(filesDirectory),
    to: target.contents,
    digests,
    trustsEarlier: target.hasEarlier,
    signal,
  })
  const files = {
    database: { name, ...(await sumOf(file, { signal })) },
    secrets: await sumOf(kept, { signal }),
    ...(postgres && { contents: await writeDigests(target, digests, signal) }),
  }
  const madeAt = new Date().toISOString()
  return { manifest: { madeAt, ...content, uploads, files, ...(postgres && { postgres }) }, digests, copied }
}

/** A dump cannot tell which files there are, so they are listed beside it. */
async function writeDigests({ work, nameOf }: Target, digests: readonly string[], signal: AbortSignal) {
  const name = nameOf('contents')
  const file = join(work, name)
  await writeFile(file, digests.map((digest) => `${digest}\n`).join(''), { mode: OWNER_ONLY, flush: true })
  return { name, ...(await sumOf(file, { signal })) }
}

type Telling = Pick<BackUp, 'database' | 'filesDirectory' | 'directory'> & { readonly tookMs: number }

function tell(
  { manifest: { counts, uploads }, copied }: Made,
  { database, filesDirectory, directory, tookMs }: Telling,
): void {
  const { contents = 0, bytes = 0, missing = 0 } = uploads ?? {}
  const lost = `${missing} contents are not in ${filesDirectory}: deleted meanwhile, or lost before`
  process.stderr.write(
    report('Backed up, and the copy was read through.', counts, [
      ['from', shownDatabase(database)],
      ['to', resolve(directory)],
      ['files', `${contents} contents, ${bytes} bytes; ${copied} were new`],
      ...(missing > 0 ? [['beware', lost] as const] : []),
      ['took', seconds(tookMs)],
      ['beware', 'it holds password hashes and secrets: keep it as you keep passwords'],
      ['', 'it holds no settings: keep those that you have written yourself, such as JWTSECRET, beside it'],
      ['next', `parlance restore ${directory}, with the settings of a database that is not there yet`],
    ]),
  )
}

function factsOf({ manifest, copied }: Made, directory: string): Row {
  const { madeAt, schema, files, uploads } = manifest
  const { contents = 0, bytes: contentBytes = 0, missing = 0 } = uploads ?? {}
  const { name: database, bytes: databaseBytes } = files.database
  return { directory, madeAt, schema, database, databaseBytes, contents, contentBytes, copied, missing }
}
