import { chmodSync } from 'node:fs'
import type { Database } from '../../config/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { syncFile } from '../../lib/directory.ts'
import { unlessAborted } from '../../lib/interruption.ts'
import { Progress } from '../../lib/progress.ts'
import { readSecrets } from '../../secrets/index.ts'
import {
  backUpSqlite,
  type CopiedDatabase,
  checkSqliteCopy,
  contentsIn,
  sqliteFileThere,
} from '../endpoints.ts'
import type { Snapshot } from './snapshot.ts'
import { OWNER_ONLY } from './target.ts'

/** Copies the database into a new file, which it reads through. Throws `CommandEnd`, `StoreRefusal`, `SettingRefusal`. */
export async function snapshotSqlite(
  { file, directory }: Extract<Database, { kind: 'sqlite' }>,
  to: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  // Check this before the long copy: a database without its secrets is not whole.
  sqliteFileThere(file)
  const secrets = readSecrets(directory)
  const copied = await copyDatabase(file, to, signal)
  chmodSync(to, OWNER_ONLY)
  const content = checkSqliteCopy(to)
  requireSame(copied, content)
  syncFile(to)
  return { content, secrets, digests: contentsIn(to) }
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
  const copied = await unlessAborted(signal, backUpSqlite({ file, to, onPages }))
  progress?.end()
  process.stderr.write('checking   the copy\n')
  return copied
}

function requireSame(copied: CopiedDatabase, content: CopiedDatabase): void {
  for (const [table, rows] of Object.entries(copied.counts))
    if (content.counts[table] !== rows)
      throw new CommandEnd(
        `Of ${table}, the copy holds ${content.counts[table] ?? 0} of ${rows} rows: check both disks, and give the command again.`,
      )
}
