import { chmodSync, copyFileSync, lstatSync, mkdtempSync, readdirSync, type Stats, statSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Database } from '../config/index.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { makeDirectory, syncDirectory, syncFile } from '../lib/directory.ts'
import { fileRefusal } from '../lib/file-refusal.ts'
import { onInterruption } from '../lib/interruption.ts'
import { Progress } from '../lib/progress.ts'
import { report, seconds } from '../lib/report.ts'
import { readSecrets } from '../secrets/index.ts'
import {
  backUpSqlite,
  type CopiedDatabase,
  checkSqliteCopy,
  contentsIn,
  sqliteFileThere,
} from './endpoints.ts'
import { copyContents } from './file-contents.ts'
import { FILES, type Manifest, manifestText, sumOf } from './manifest.ts'

type SqliteDatabase = Extract<Database, { kind: 'sqlite' }>

const OWNER_ONLY = 0o600
const STOPPED = 'The back-up was stopped: nothing was kept of it, give the command again.'

interface BackUp {
  readonly database: Database
  /** The folder of uploaded files. */
  readonly filesDirectory: string
  readonly directory: string
}

/**
 * Copies a SQLite database, which servers may go on using, its secrets and the contents of its files into a folder that
 * is not there yet or empty. The folder gets its name once the copy was read through and is on disk. Throws
 * `CommandEnd`, `StoreRefusal`.
 */
export async function backUp({ database, filesDirectory, directory }: BackUp): Promise<void> {
  if (database.kind === 'postgres') throw new CommandEnd(BY_PG_DUMP)
  const startedAt = performance.now()
  const to = resolve(directory)
  requireFree(to)
  using interruption = onInterruption(STOPPED)
  const partial = newFolder(`${to}.partial-`)
  try {
    const { manifest, missing } = await fill(partial, {
      database,
      filesDirectory,
      signal: interruption.signal,
    })
    await putInPlace(partial, to)
    process.stderr.write(
      report('Backed up, and the copy was read through.', manifest.counts, [
        ['from', database.file],
        ['to', to],
        ['files', `${manifest.uploads?.contents ?? 0} contents, ${manifest.uploads?.bytes ?? 0} bytes`],
        ...(missing > 0
          ? [
              [
                'beware',
                `${missing} contents are not in ${filesDirectory}: deleted meanwhile, or lost before`,
              ] as const,
            ]
          : []),
        ['took', seconds(performance.now() - startedAt)],
        ['beware', 'it holds password hashes and secrets: keep it as you keep passwords'],
        ['', 'it holds no settings: keep those that you have written yourself, such as JWTSECRET, beside it'],
        ['next', `parlance restore ${directory}, with the settings of a database that is not there yet`],
      ]),
    )
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw fileRefusal(error, to, 'written')
  }
}

const BY_PG_DUMP =
  'A PostgreSQL database is backed up by its own tool, with the secrets that it holds: pg_dump --format=custom --file=parlance.dump and the DATABASE_URL of this server.'

/** Refuses a place that is taken: a back-up never overwrites another. */
function requireFree(directory: string): void {
  const found = foundAt(directory)
  if (!found) return
  // A folder cannot replace a link, wherever that leads.
  if (!found.isDirectory() || listed(directory).length > 0)
    throw new CommandEnd(`${directory} is there already: name a folder that is not there yet.`)
  if (found.dev !== statSync(dirname(directory)).dev)
    throw new CommandEnd(`${directory} is a whole disk: name a folder in it that is not there yet.`)
}

function foundAt(directory: string): Stats | undefined {
  try {
    return lstatSync(directory, { throwIfNoEntry: false })
  } catch (error) {
    throw fileRefusal(error, directory, 'written')
  }
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    throw fileRefusal(error, directory, 'read')
  }
}

/** Makes a folder for its owner only, beside the back-up's own place, so that a rename puts it there. */
function newFolder(prefix: string): string {
  try {
    makeDirectory(dirname(prefix))
    return mkdtempSync(prefix)
  } catch (error) {
    throw fileRefusal(error, dirname(prefix), 'written')
  }
}

interface Filling {
  readonly database: SqliteDatabase
  readonly filesDirectory: string
  readonly signal: AbortSignal
}

async function fill(
  directory: string,
  { database, filesDirectory, signal }: Filling,
): Promise<{ manifest: Manifest; missing: number }> {
  // Check this before the long copy: a database without its secrets is not whole.
  sqliteFileThere(database.file)
  readSecrets(database.directory)
  const copy = join(directory, FILES.database)
  const copied = await copyDatabase(database.file, copy, signal)
  const secrets = join(directory, FILES.secrets)
  copyFileSync(join(database.directory, FILES.secrets), secrets)
  for (const file of [copy, secrets]) chmodSync(file, OWNER_ONLY)
  const content = checkSqliteCopy(copy)
  requireSame(copied, content)
  // After the database: a content never changes, so what the copy names is there but for what was deleted since.
  const { missing, ...uploads } = await copyContents({
    from: filesDirectory,
    to: join(directory, FILES.uploads),
    digests: contentsIn(copy),
    signal,
  })
  const ignore = () => undefined
  const manifest: Manifest = {
    madeAt: new Date().toISOString(),
    ...content,
    uploads,
    files: {
      database: await sumOf(copy, { onBytes: ignore, signal }),
      secrets: await sumOf(secrets, { onBytes: ignore, signal }),
    },
  }
  for (const file of [copy, secrets]) syncFile(file)
  await writeFile(join(directory, FILES.manifest), manifestText(manifest), { mode: OWNER_ONLY, flush: true })
  syncDirectory(directory)
  return { manifest, missing }
}

async function putInPlace(partial: string, to: string): Promise<void> {
  // Another back-up may have been put there meanwhile, and its folder is not empty.
  requireFree(to)
  await rename(partial, to)
  syncDirectory(dirname(to))
}

async function copyDatabase(file: string, to: string, signal: AbortSignal): Promise<CopiedDatabase> {
  let progress: Progress | undefined
  let before = 0
  const onPages = (done: number, total: number) => {
    progress ??= new Progress('copying', total, process.stderr, 'pages')
    progress.advance(done - before)
    before = done
  }
  // SQLite cannot stop a back-up: after an interruption it runs until the process ends.
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const copied = await Promise.race([backUpSqlite({ file, to, onPages }), stopped])
    progress?.end()
    process.stderr.write('checking   the copy\n')
    return copied
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function requireSame(copied: CopiedDatabase, content: CopiedDatabase): void {
  for (const [table, rows] of Object.entries(copied.counts))
    if (content.counts[table] !== rows)
      throw new CommandEnd(
        `Of ${table}, the copy holds ${content.counts[table] ?? 0} of ${rows} rows: check both disks, and give the command again.`,
      )
}
