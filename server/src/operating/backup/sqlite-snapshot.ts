import { chmodSync } from 'node:fs'
import type { Database } from '../../config/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { syncFile } from '../../lib/directory.ts'
import { unlessAborted } from '../../lib/interruption.ts'
import { readSecrets } from '../../secrets/index.ts'
import {
  backUpSqlite,
  type CopiedDatabase,
  checkSqliteCopy,
  contentsIn,
  sqliteFileThere,
} from '../endpoints.ts'
import type { Snapshot } from './snapshot.ts'
import type { StepProgress, Steps } from './steps.ts'
import { OWNER_ONLY } from './target.ts'

/** Copies the database into a new file, which it reads through. Throws `CommandEnd`, `StoreRefusal`, `SettingRefusal`. */
export async function snapshotSqlite(
  { file, directory }: Extract<Database, { kind: 'sqlite' }>,
  { to, steps, signal }: { readonly to: string; readonly steps: Steps; readonly signal: AbortSignal },
): Promise<Snapshot> {
  // Check this before the long copy: a database without its secrets is not whole.
  sqliteFileThere(file)
  const secrets = readSecrets(directory)
  // SQLite cannot stop a back-up: after an interruption it runs until the process ends.
  const copied = await unlessAborted(signal, copyDatabase(file, to, steps))
  chmodSync(to, OWNER_ONLY)
  const checking = steps.begin('check', null)
  const content = checkSqliteCopy(to)
  checking.end()
  requireSame(copied, content)
  syncFile(to)
  return { content, secrets, digests: contentsIn(to) }
}

async function copyDatabase(file: string, to: string, steps: Steps): Promise<CopiedDatabase> {
  let progress: StepProgress | undefined
  let before = 0
  const onBytes = (done: number, total: number) => {
    progress ??= steps.begin('database', total)
    progress.advance(done - before)
    before = done
  }
  const copied = await backUpSqlite({ file, to, onBytes })
  progress?.end()
  return copied
}

function requireSame(copied: CopiedDatabase, content: CopiedDatabase): void {
  for (const [table, rows] of Object.entries(copied.counts))
    if (content.counts[table] !== rows)
      throw new CommandEnd(
        `Of ${table}, the copy holds ${content.counts[table] ?? 0} of ${rows} rows: check both disks, and give the command again.`,
      )
}
