import { type Database, shownDatabase } from '../config/index.ts'
import { onInterruption } from '../lib/interruption.ts'
import { Progress } from '../lib/progress.ts'
import { report, seconds } from '../lib/report.ts'
import { rowsOf } from '../store/moving.ts'
import { type Archive, totalOf } from './archive.ts'
import { openArchive } from './archive-file.ts'
import { openSource, openTarget } from './endpoints.ts'
import { fill } from './fill.ts'
import { liveArchive } from './live-archive.ts'

const GO_ON = 'Stopped between two commits: give the same command again, and it goes on where it stopped.'

/** Loads a file into an empty database, or goes on with one that was interrupted. */
export async function importArchive({ database, file }: { database: Database; file: string }): Promise<void> {
  using interruption = onInterruption(GO_ON)
  const { signal } = interruption
  const archive = await openArchive(file)
  // All of it once beforehand: of a damaged file nothing must be stored.
  await readThrough(archive, signal)
  await move(archive, { from: file, database, signal })
}

/** From a SQLite file, which no server may have open, straight into another database. */
export async function migrate({ from, database }: { from: Database; database: Database }): Promise<void> {
  using interruption = onInterruption(GO_ON)
  const { signal } = interruption
  const { source, secrets } = await openSource(from, { isLocked: true })
  try {
    const archive = await liveArchive(source, secrets)
    await move(archive, { from: shownDatabase(from), database, signal })
  } finally {
    await source.close()
  }
}

interface Move {
  readonly from: string
  readonly database: Database
  readonly signal: AbortSignal
}

async function readThrough(archive: Archive, signal: AbortSignal): Promise<void> {
  const progress = new Progress('checking', totalOf(archive.header), process.stderr)
  for await (const { count } of archive.pages()) {
    signal.throwIfAborted()
    progress.advance(count)
  }
  progress.end()
}

async function move(archive: Archive, { from, database, signal }: Move): Promise<void> {
  const to = await openTarget(database)
  try {
    const startedAt = performance.now()
    const { id, counts, secrets } = archive.header
    const sums = await fill(to.target, {
      ...{ id, counts, pages: () => archive.pages(), signal },
      onBegun: () => to.keepSecrets(secrets),
    })
    process.stderr.write(
      report('Moved, and verified by counts and checksums of what was read back.', rowsOf(sums), [
        ['from', from],
        ['to', shownDatabase(database)],
        ['took', seconds(performance.now() - startedAt)],
        ['kept', 'ids, passwords, log-ins and secrets'],
        [
          'next',
          'start the server with the settings of this command, and with those of the old one that you',
        ],
        ['', 'had set yourself, such as JWTSECRET; keep what you moved from until all are content'],
      ]),
    )
  } finally {
    await to.target.close()
  }
}
