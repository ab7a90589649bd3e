import { realpathSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Database } from '../../config/index.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { copyCertificates } from './certificates.ts'
import { ContentFolder } from './content-folder.ts'
import { copyContents } from './contents.ts'
import { earlierBackUp } from './earlier-back-up.ts'
import { FILES, type Manifest } from './manifest.ts'
import { newBackUp } from './new-back-up.ts'
import { snapshotPostgres } from './postgres-snapshot.ts'
import { PostgresTools, type ToolEnvironment } from './postgres-tool.ts'
import { snapshotSqlite } from './sqlite-snapshot.ts'
import type { Steps } from './steps.ts'
import { sumOf } from './sum.ts'
import { OWNER_ONLY, type Target } from './target.ts'

/** A back-up that is to be made. */
export interface BackUpOrder {
  readonly database: Database
  /** The folder of uploaded files. */
  readonly filesDirectory: string
  /** The folder of the certificate of TLS_DOMAIN, whether or not there is one. */
  readonly certificatesDirectory: string
  readonly directory: string
}

interface Means {
  readonly environment: ToolEnvironment
  readonly steps: Steps
  /** Its reason is thrown as soon as it aborts, and nothing is kept. */
  readonly signal: AbortSignal
  /** Hears of the folder in which the back-up is made: a process that is killed leaves it behind. */
  readonly onWork?: (directory: string) => void
}

/** A back-up that is whole, and on disk. */
export interface MadeBackUp {
  readonly manifest: Manifest
  readonly digests: readonly string[]
  /** Contents of files that no earlier back-up had. */
  readonly copied: number
}

/**
 * Copies a database, which servers may go on using, its secrets, the certificate that its server has got and the
 * contents of its files into a folder that is not there yet or empty, or has an earlier back-up of the same server: what
 * that has of the files is kept. The folder is whole at any time, since the new back-up takes the place of the earlier one when it was read through and is on
 * disk. Throws `CommandEnd`, `StoreRefusal`, `SettingRefusal`.
 */
export async function makeBackUp(
  { directory, ...from }: BackUpOrder,
  { signal, onWork, ...means }: Means,
): Promise<MadeBackUp> {
  const to = resolve(directory)
  const target = hasManifest(to) ? await earlierBackUp(realpathSync(to), signal) : newBackUp(to)
  try {
    onWork?.(target.work)
    const made = await fill(target, { ...from, ...means, signal })
    await target.conclude(made.manifest, made.digests)
    return made
  } catch (error) {
    throw fileRefusal(error, to, 'written')
  } finally {
    await target.close()
  }
}

const hasManifest = (directory: string): boolean =>
  statSync(join(directory, FILES.manifest), { throwIfNoEntry: false }) !== undefined

type Filling = Omit<BackUpOrder, 'directory'> & Omit<Means, 'onWork'>

async function fill(
  target: Target,
  { database, filesDirectory, certificatesDirectory, environment, steps, signal }: Filling,
): Promise<MadeBackUp> {
  const startedAt = performance.now()
  const name = target.nameOf(database.kind === 'sqlite' ? 'db' : 'dump')
  const file = join(target.work, name)
  const { content, secrets, digests, postgres } = await (database.kind === 'sqlite'
    ? snapshotSqlite(database, { to: file, steps, signal })
    : snapshotPostgres({
        ...{ url: database.url, to: file, steps, signal },
        tools: new PostgresTools(environment, signal),
      }))
  const kept = target.keepSecrets(secrets)
  // After the database: a content never changes, so what the copy names is there but for what was deleted since.
  const { copied, ...uploads } = await copyContents({
    from: ContentFolder.ofServer(filesDirectory),
    to: target.contents,
    digests,
    progress: steps.begin('files', digests.length),
    trustsEarlier: target.hasEarlier,
    signal,
  })
  const certificates = await copyCertificates(certificatesDirectory, target, signal)
  const files = {
    database: { name, ...(await sumOf(file, { signal })) },
    secrets: await sumOf(kept, { signal }),
    ...(postgres && { contents: await writeDigests(target, digests, signal) }),
    ...(certificates && { certificates }),
  }
  const times = { madeAt: new Date().toISOString(), tookMs: Math.round(performance.now() - startedAt) }
  return {
    manifest: { ...times, ...content, uploads, files, ...(postgres && { postgres }) },
    digests,
    copied,
  }
}

/** A dump cannot tell which files there are, so they are listed beside it. */
async function writeDigests({ work, nameOf }: Target, digests: readonly string[], signal: AbortSignal) {
  const name = nameOf('contents')
  const file = join(work, name)
  await writeFile(file, digests.map((digest) => `${digest}\n`).join(''), { mode: OWNER_ONLY, flush: true })
  return { name, ...(await sumOf(file, { signal })) }
}
