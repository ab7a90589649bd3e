import { chmodSync, statSync } from 'node:fs'
import { syncFile } from '../../lib/directory.ts'
import { unlessAborted } from '../../lib/interruption.ts'
import { count } from '../../lib/progress.ts'
import { runEvery } from '../../lib/timers.ts'
import { agreedSecrets, SECRETS } from '../../secrets/index.ts'
import { type CopyConnection, openCopyConnection } from '../endpoints.ts'
import { requireRows } from './postgres-dump.ts'
import type { PostgresTools } from './postgres-tool.ts'
import type { Snapshot } from './snapshot.ts'
import { OWNER_ONLY } from './target.ts'

interface Snapshotting {
  readonly url: string
  /** A file that does not exist yet. */
  readonly to: string
  readonly tools: PostgresTools
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
  { url, to, tools }: Pick<Dump, 'url' | 'to' | 'tools'>,
): Promise<Snapshot> {
  for (const tool of ['pg_dump', 'pg_restore'] as const) await tools.require(tool, connection.version)
  const moment = await connection.holdMoment()
  const content = await connection.content()
  const secrets = agreedSecrets(await connection.agreed(SECRETS))
  const digests = await connection.digests()
  const { schemaName } = connection
  await dump({ url, to, schemaName, moment, tools })
  chmodSync(to, OWNER_ONLY)
  syncFile(to)
  process.stderr.write('checking   the copy\n')
  await requireRows(to, content.counts, tools)
  return { content, secrets, digests, postgres: { schemaName } }
}

interface Dump {
  readonly url: string
  readonly to: string
  readonly schemaName: string
  /** The name under which the connection holds it. */
  readonly moment: string
  readonly tools: PostgresTools
}

async function dump({ url, to, schemaName, moment, tools }: Dump): Promise<void> {
  const tell = () => {
    const bytes = statSync(to, { throwIfNoEntry: false })?.size ?? 0
    process.stderr.write(`copying    ${count(bytes)} bytes, compressed\n`)
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
  } finally {
    clearInterval(telling)
  }
}
