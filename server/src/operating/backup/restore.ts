import { randomUUID } from 'node:crypto'
import { constants, createReadStream, createWriteStream, existsSync } from 'node:fs'
import { copyFile, link, open, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Database } from '../../config/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { makeDirectory, syncDirectory } from '../../lib/directory.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { Progress } from '../../lib/progress.ts'
import { report, seconds } from '../../lib/report.ts'
import { keepSecrets, readSecrets } from '../../secrets/index.ts'
import { checkSqliteCopy, contentsIn, forgetEpochIn } from '../endpoints.ts'
import { ContentFolder } from './content-folder.ts'
import { copyContents } from './contents.ts'
import { FILES, type Manifest, readManifest, requireContent } from './manifest.ts'
import { requireSum } from './sum.ts'

const STOPPED = 'The restore was stopped: nothing was put in place, give the command again.'

interface Restore {
  readonly database: Database
  /** The folder that uploaded files go to: what is there already is kept. */
  readonly filesDirectory: string
  readonly directory: string
}

/**
 * Puts a back-up into the place that the settings name, where no database may be. The file gets its name once it was
 * compared with the manifest, read through, and is on disk. Throws `CommandEnd`, `StoreRefusal`.
 */
export async function restore({ database, filesDirectory, directory }: Restore): Promise<void> {
  if (database.kind === 'postgres') throw new CommandEnd(BY_PG_RESTORE)
  const startedAt = performance.now()
  const from = resolve(directory)
  const manifest = readManifest(from)
  requireEmpty(database.file)
  using interruption = onInterruption(STOPPED)
  const partial = `${database.file}.restoring-${randomUUID()}`
  try {
    makeDirectory(database.directory)
    const { signal } = interruption
    await copyChecked(from, partial, { manifest, signal })
    await copyFiles({ from, to: filesDirectory, manifest, digests: contentsIn(partial), signal })
    // Restore the secrets first: a server would make new ones for a database without them.
    keepSecrets(database.directory, readSecrets(from))
    await putInPlace(partial, database.file)
  } catch (error) {
    throw fileRefusal(error, database.file, 'written')
  } finally {
    await rm(partial, { force: true })
  }
  process.stderr.write(
    report('Restored, and compared with the manifest.', manifest.counts, [
      ['made', manifest.madeAt],
      ['from', from],
      ['to', database.file],
      ['files', `${manifest.uploads?.contents ?? 0} contents, in ${filesDirectory}`],
      ['took', seconds(performance.now() - startedAt)],
      ['next', 'parlance start, with the settings of this command and those that the old server had'],
    ]),
  )
}

const BY_PG_RESTORE =
  'A PostgreSQL database is restored by its own tool: createdb, then pg_restore --dbname with the DATABASE_URL of this server and the file that pg_dump has made; a back-up of SQLite goes to PostgreSQL by parlance restore into a file, and parlance migrate.'

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
    trustsEarlier: false,
  })
  if (contents < wanted)
    throw new CommandEnd(
      `${source.folder} holds ${contents} of the ${wanted} contents of its manifest: use another back-up.`,
    )
}

/** Puts the file in place by a link, which unlike a rename fails if another file has come meanwhile. */
async function putInPlace(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file)
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw madeMeanwhile(file, error)
    if (!LINKLESS.some((code) => isCode(error, code))) throw error
    await copyInPlace(partial, file)
  }
  syncDirectory(dirname(file))
}

/** Errors of file systems without links, such as FAT and some network file systems. */
const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Puts the file in place where links cannot be made: a copy, too, fails if another file has come meanwhile. */
export async function copyInPlace(partial: string, file: string): Promise<void> {
  try {
    await copyFile(partial, file, constants.COPYFILE_EXCL)
    const copy = await open(file, 'r+')
    await copy.sync().finally(() => copy.close())
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw madeMeanwhile(file, error)
    await rm(file, { force: true })
    throw error
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const madeMeanwhile = (file: string, cause: unknown): CommandEnd =>
  new CommandEnd(`${file} has been made meanwhile, and nothing is overwritten.`, { cause })
