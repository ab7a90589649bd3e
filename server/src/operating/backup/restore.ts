import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Database, shownDatabase } from '../../config/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { makeDirectory } from '../../lib/directory.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { Progress } from '../../lib/progress.ts'
import { report, seconds } from '../../lib/report.ts'
import { keepSecrets, readSecrets } from '../../secrets/index.ts'
import { checkSqliteCopy, contentsIn, forgetEpochIn } from '../endpoints.ts'
import { restoreCertificates } from './certificates.ts'
import { ContentFolder } from './content-folder.ts'
import { copyContents } from './contents.ts'
import { FILES, type Manifest, readManifest, requireContent } from './manifest.ts'
import { restorePostgres } from './postgres-restore.ts'
import { PostgresTools, type ToolEnvironment } from './postgres-tool.ts'
import { putInPlace } from './put-in-place.ts'
import { stepsForPeople } from './steps.ts'
import { requireSum } from './sum.ts'

const STOPPED = 'The restore was stopped: nothing was put in place, give the command again.'

interface Restore {
  readonly database: Database
  /** The folder that uploaded files go to: what is there already is kept. */
  readonly filesDirectory: string
  /** The folder that the certificate of TLS_DOMAIN goes to, if the back-up has one: what is there already is kept. */
  readonly certificatesDirectory: string
  readonly directory: string
  readonly environment: ToolEnvironment
}

/**
 * Puts a back-up into the place that the settings name: where no database file may be, or into an empty database of
 * PostgreSQL. All is compared with the manifest and read through before. Throws `CommandEnd`, `StoreRefusal`.
 */
export async function restore({ database, directory, environment, ...folders }: Restore): Promise<void> {
  const startedAt = performance.now()
  const { filesDirectory, certificatesDirectory } = folders
  const from = resolve(directory)
  const manifest = readManifest(from)
  if ((manifest.postgres === undefined) !== (database.kind === 'sqlite'))
    throw otherEngine(directory, manifest)
  using interruption = onInterruption(STOPPED)
  const { signal } = interruption
  const copy = async (digests: readonly string[]) => {
    await copyFiles({ from, to: filesDirectory, manifest, digests, signal })
    await restoreCertificates(from, certificatesDirectory, { manifest, signal })
  }
  if (database.kind === 'postgres')
    await restorePostgres({
      ...{ url: database.url, directory: from, manifest, copyFiles: copy, signal },
      tools: new PostgresTools(environment, signal),
    })
  else await restoreSqlite({ database, from, manifest, copyFiles: copy, signal })
  process.stderr.write(
    report('Restored, and compared with the manifest.', manifest.counts, [
      ['made', manifest.madeAt],
      ['from', from],
      ['to', shownDatabase(database)],
      ['files', `${manifest.uploads?.contents ?? 0} contents, in ${filesDirectory}`],
      ...(manifest.files.certificates ? [['certificate', `in ${certificatesDirectory}`] as const] : []),
      ['took', seconds(performance.now() - startedAt)],
      ['next', 'parlance start, with the settings of this command and those that the old server had'],
    ]),
  )
}

function otherEngine(directory: string, { postgres }: Manifest): CommandEnd {
  const [was, is] = postgres ? ['PostgreSQL', 'SQLite'] : ['SQLite', 'PostgreSQL']
  return new CommandEnd(
    `${directory} is the back-up of a database in ${was}: name one of that kind in DATABASE_URL, from which parlance export and import lead to ${is}.`,
  )
}

interface RestoringFile extends CopyOptions {
  readonly database: Extract<Database, { kind: 'sqlite' }>
  readonly from: string
  readonly copyFiles: (digests: readonly string[]) => Promise<void>
}

/** The file gets its name once it was compared with the manifest, read through, and is on disk. */
async function restoreSqlite({ database, from, copyFiles, ...options }: RestoringFile): Promise<void> {
  requireEmpty(database.file)
  const partial = `${database.file}.restoring-${randomUUID()}`
  try {
    makeDirectory(database.directory)
    await copyChecked(from, partial, options)
    await copyFiles(contentsIn(partial))
    // Restore the secrets first: a server would make new ones for a database without them.
    keepSecrets(database.directory, readSecrets(from))
    await putInPlace(partial, database.file)
  } catch (error) {
    throw fileRefusal(error, database.file, 'written')
  } finally {
    await rm(partial, { force: true })
  }
}

/** Refuses leftovers: a log beside the restored file would be taken for the file's own, and ruin it. */
function requireEmpty(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    const found = `${file}${suffix}`
    if (existsSync(found))
      throw new CommandEnd(
        `${found} is there already, and nothing is overwritten: move it away, or name another place in DATABASE_URL or DBPATH.`,
      )
  }
}

interface CopyOptions {
  readonly manifest: Manifest
  readonly signal: AbortSignal
}

async function copyChecked(
  directory: string,
  to: string,
  { manifest: { files, ...content }, signal }: CopyOptions,
): Promise<void> {
  await requireSum({ directory, name: FILES.secrets, ...files.secrets }, { signal })
  const progress = new Progress('checking', files.database.bytes, process.stderr, 'bytes')
  const source = await requireSum({ directory, ...files.database }, { onBytes: progress.advance, signal })
  progress.end()
  process.stderr.write('copying    and reading the copy through\n')
  const out = createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(createReadStream(source), out, { signal })
  const { bytes, sha256 } = files.database
  await requireSum({ directory: dirname(to), name: basename(to), bytes, sha256 }, { signal })
  requireContent(directory, content, checkSqliteCopy(to))
  forgetEpochIn(to)
}

interface CopyFiles extends CopyOptions {
  readonly from: string
  readonly to: string
  readonly digests: readonly string[]
}

/** Before the database gets its name, so that none is there whose files are not. */
async function copyFiles({ from, to, manifest, digests, signal }: CopyFiles): Promise<void> {
  const wanted = manifest.uploads?.contents ?? 0
  const [source, target] = [ContentFolder.ofBackUp(from), ContentFolder.ofServer(to)]
  const { contents } = await copyContents({
    ...{ from: source, to: target, digests, signal },
    progress: stepsForPeople.begin('files', digests.length),
    trustsEarlier: false,
  })
  if (contents < wanted)
    throw new CommandEnd(
      `${source.folder} holds ${contents} of the ${wanted} contents of its manifest: use another back-up.`,
    )
}
