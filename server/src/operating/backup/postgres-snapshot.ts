import { chmodSync, statSync } from 'node:fs'
import { syncFile } from '../../lib/directory.ts'
import { unlessAborted } from '../../lib/interruption.ts'
import { runEvery } from '../../lib/timers.ts'
import { agreedSecrets, SECRETS } from '../../secrets/index.ts'
import { type CopyConnection, openCopyConnection } from '../endpoints.ts'
import { requireRows } from './postgres-dump.ts'
import type { PostgresTools } from './postgres-tool.ts'
import type { Snapshot } from './snapshot.ts'
import type { Steps } from './steps.ts'
import { OWNER_ONLY } from './target.ts'

interface Snapshotting {
  readonly url: string
  /** A file that does not exist yet. */
  readonly to: string
  readonly tools: PostgresTools
  readonly steps: Steps
  readonly signal: AbortSignal
}

/**
 * Has pg_dump write a database's tables into a new file, in its custom format, and reads that through. All is as of one
 * moment: the rows, the secrets and which files there are. Throws `CommandEnd`, `StoreRefusal`, `SettingRefusal`.
 */
export async function snapshotPostgres({ signal, ...dumping }: Snapshotting): Promise<Snapshot> {
  const connection = await openCopyConnection(dumping.url)
  try {
    // A query may wait for long, and ends with its connection.
    return await unlessAborted(signal, snapshotOver(connection, dumping))
  } finally {
    await connection.close()
  }
}

async function snapshotOver(
  connection: CopyConnection,
  { url, to, tools, steps }: Omit<Snapshotting, 'signal'>,
): Promise<Snapshot> {
  for (const tool of ['pg_dump', 'pg_restore'] as const) await tools.require(tool, connection.version)
  const moment = await connection.holdMoment()
  const content = await connection.content()
  const secrets = agreedSecrets(await connection.agreed(SECRETS))
  const digests = await connection.digests()
  const { schemaName } = connection
  await dump({ url, to, schemaName, moment, tools, steps })
  chmodSync(to, OWNER_ONLY)
  syncFile(to)
  const checking = steps.begin('check', null)
  await requireRows(to, content.counts, tools)
  checking.end()
  return { content, secrets, digests, postgres: { schemaName } }
}

interface Dump {
  readonly url: string
  readonly to: string
  readonly schemaName: string
  /** The name under which the connection holds it. */
  readonly moment: string
  readonly tools: PostgresTools
  readonly steps: Steps
}

async function dump({ url, to, schemaName, moment, tools, steps }: Dump): Promise<void> {
  // How long a dump will be is not known before it is there, and pg_dump does not tell how far it is.
  const progress = steps.begin('database', null)
  let before = 0
  const tell = () => {
    const bytes = statSync(to, { throwIfNoEntry: false })?.size ?? 0
    progress.advance(bytes - before)
    before = bytes
  }
  const telling = runEvery(1000, tell)
  // A quoted pattern means itself.
  const pattern = `"${schemaName.replaceAll('"', '""')}"`
  const args = [
    '--format=custom',
    '--no-password',
    `--schema=${pattern}`,
    `--snapshot=${moment}`,
    `--file=${to}`,
  ]
  try {
    await tools.run('pg_dump', { args, url })
    tell()
    progress.end()
  } finally {
    clearInterval(telling)
  }
}
