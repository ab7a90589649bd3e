import { type Database, shownDatabase } from '../config/index.ts'
import { newUuid } from '../lib/ids.ts'
import { onInterruption } from '../lib/interruption.ts'
import { Progress } from '../lib/progress.ts'
import { report, seconds } from '../lib/report.ts'
import { rowsOf } from '../store/moving.ts'
import { totalOf } from './archive.ts'
import { STDOUT, writeArchive } from './archive-writer.ts'
import { openSource } from './endpoints.ts'
import { liveArchive } from './live-archive.ts'

/** Writes the database into one file, or to standard output as '-'. Servers may go on using it meanwhile. */
export async function exportArchive({ database, file }: { database: Database; file: string }): Promise<void> {
  using interruption = onInterruption('The export was stopped: no file was written, give the command again.')
  const { signal } = interruption
  const { source, secrets } = await openSource(database, { isLocked: false })
  try {
    const archive = await liveArchive(source, secrets)
    // Another of the same database may hold other rows: an import of one must not go on with the other.
    const header = { ...archive.header, id: newUuid() }
    const progress = new Progress('exporting', totalOf(header), process.stderr)
    const sums = await writeArchive({ ...archive, header }, { file, signal, onRows: progress.advance })
    progress.end()
    process.stderr.write(
      report('Exported.', rowsOf(sums), [
        ['from', shownDatabase(database)],
        ['to', file === STDOUT ? 'standard output' : file],
        ['took', seconds(progress.elapsedMs)],
        ['beware', 'it holds password hashes and secrets: keep it as you keep passwords'],
        ['next', 'parlance import, with the settings of an empty database'],
      ]),
    )
  } catch (error) {
    // Aborted work fails with an error of its own: prefer the reason of the signal.
    signal.throwIfAborted()
    throw error
  } finally {
    await source.close()
  }
}
