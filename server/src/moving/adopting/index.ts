import type { Config } from '../../config/index.ts'
import { shownDatabase } from '../../config/index.ts'
import { systemClock } from '../../lib/clock.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { digest, newUuid } from '../../lib/ids.ts'
import { onInterruption } from '../../lib/interruption.ts'
import { Passwords } from '../../lib/password.ts'
import { Progress } from '../../lib/progress.ts'
import { report, seconds } from '../../lib/report.ts'
import type { Staging } from '../../store/moving.ts'
import { rowsOf } from '../../store/moving.ts'
import { makeStaging, openTarget } from '../endpoints.ts'
import { fill } from '../fill.ts'
import { countsOf, pagesOf } from '../live-archive.ts'
import { Intake } from './intake.ts'
import { isKind, KINDS, openOrigin } from './kinds.ts'
import { ReportFolder } from './report-folder.ts'
import { printAll, summaryOf } from './summary.ts'

interface Adoption {
  readonly kind: string
  /** A file, a folder or a database's address, as the kind has it. */
  readonly source: string
  readonly settings: Pick<Config, 'database' | 'rooms' | 'passwordCost'>
  /** The folder for what is told, and for what is under way. */
  readonly directory: string
  readonly isDryRun: boolean
  readonly asJson: boolean
}

const GO_ON = 'Stopped: give the same command again, and it goes on where it can.'

/**
 * Takes people and history over from another program into an empty database, or goes on with what was interrupted.
 * Throws `CommandEnd`, `StoreRefusal`.
 */
export async function adopt(adoption: Adoption): Promise<void> {
  const { kind } = adoption
  if (!isKind(kind))
    throw new CommandEnd(`"${kind}" is nothing to adopt: name one of ${KINDS.join(', ')}.`, { exitCode: 2 })
  using interruption = onInterruption(GO_ON)
  const { signal } = interruption
  if (adoption.isDryRun) return dryRun(adoption, signal)
  const startedAt = performance.now()
  const folder = new ReportFolder(adoption.directory)
  folder.requireUnfinished()
  const of = digest(JSON.stringify([kind, adoption.source]))
  const begun = folder.staged(of)
  try {
    const staging = begun ?? (await stageNew(adoption, { folder, id: `${of}.${newUuid()}`, signal }))
    try {
      await move(staging, { adoption, folder, signal, startedAt })
    } finally {
      staging.close()
    }
  } catch (error) {
    // Aborted work fails with an error of its own: prefer the reason of the signal.
    signal.throwIfAborted()
    throw error
  }
  folder.forgetStaging()
}

interface NewStaging {
  readonly folder: ReportFolder
  readonly id: string
  readonly signal: AbortSignal
}

/** Looks first whether the database is free, then reads: what is refused is so before the long work. */
async function stageNew(adoption: Adoption, { folder, id, signal }: NewStaging): Promise<Staging> {
  const { settings } = adoption
  const origin = await openOrigin(adoption)
  try {
    const { target } = await openTarget(settings.database)
    try {
      await target.requireRoom(id)
      const staging = makeStaging(folder.newStagingFile())
      try {
        const passwords = new Passwords(settings.passwordCost, settings.rooms.md5Passwords)
        await stage(origin, { staging, passwords, id, signal })
        return staging
      } catch (error) {
        staging.close()
        throw error
      }
    } finally {
      await target.close()
    }
  } finally {
    await origin.close()
  }
}

interface Stage {
  readonly staging: Staging
  readonly passwords: Passwords | undefined
  readonly id: string
  readonly signal: AbortSignal
}

async function stage(
  origin: Awaited<ReturnType<typeof openOrigin>>,
  { staging, passwords, id, signal }: Stage,
): Promise<void> {
  const reading = new Progress('reading', origin.total, process.stderr, origin.unit)
  const intake = new Intake({ staging, passwords, clock: systemClock() })
  await origin.read(intake, reading.advance, signal)
  reading.end()
  signal.throwIfAborted()
  const ordering = new Progress('ordering', intake.messages, process.stderr, 'messages')
  await staging.settle({
    archiveId: id,
    onMessages: (count) => {
      signal.throwIfAborted()
      ordering.advance(count)
    },
  })
  ordering.end()
}

interface Move {
  readonly adoption: Adoption
  readonly folder: ReportFolder
  readonly signal: AbortSignal
  readonly startedAt: number
}

async function move(staging: Staging, { adoption, folder, signal, startedAt }: Move): Promise<void> {
  const { settings, kind, source, asJson } = adoption
  const { readyAs } = staging
  if (readyAs === null) throw new Error('what is staged is not in its place')
  // Tell first what became of what: once the database is full, a run that is killed has told it.
  await folder.tell(staging)
  const { target } = await openTarget(settings.database)
  try {
    await target.requireRoom(readyAs)
    const from = staging.source()
    const counts = await countsOf(from)
    const sums = await fill(target, { id: readyAs, counts, pages: () => pagesOf(from, counts), signal })
    const summary = { kind, isDryRun: false, rows: rowsOf(sums), ...summaryOf(staging) }
    await folder.finish(summary)
    if (asJson) await printAll(staging, summary)
    process.stderr.write(
      report('Adopted, and verified by counts and checksums of what was read back.', rowsOf(sums), [
        ['from', shownSource(source)],
        ['to', shownDatabase(settings.database)],
        ['took', seconds(performance.now() - startedAt)],
        ['changed', `${summary.changed} things, left out ${summary.leftOut}: ${folder.notesFile}`],
        ['new ids', `${summary.newIds}: ${folder.idsFile}`],
        ['next', 'read those two files, and start the server with the settings of this command'],
      ]),
    )
  } finally {
    await target.close()
  }
}

/** Opens no database, and leaves nothing: what is staged lies in a nameless file. */
async function dryRun(adoption: Adoption, signal: AbortSignal): Promise<void> {
  const { kind, source, asJson } = adoption
  const origin = await openOrigin(adoption)
  const staging = makeStaging(null)
  try {
    await stage(origin, { staging, passwords: undefined, id: 'dry run', signal })
    const rows = Object.fromEntries(
      Object.entries(await countsOf(staging.source())).filter(([, count]) => count > 0),
    )
    const summary = { kind, isDryRun: true, rows, ...summaryOf(staging) }
    if (asJson) await printAll(staging, summary)
    else for (const line of firstNotes(staging)) process.stderr.write(`${line}\n`)
    process.stderr.write(
      report('This would be adopted; nothing was written.', rows, [
        ['from', shownSource(source)],
        ['would change', `${summary.changed} things, and leave out ${summary.leftOut}; --json prints all`],
        ['new ids', `${summary.newIds}`],
        ['next', 'the same command without --dry-run'],
      ]),
    )
  } finally {
    staging.close()
    await origin.close()
  }
}

const SHOWN_NOTES = 20

function* firstNotes(staging: Staging): Generator<string> {
  let shown = 0
  for (const { what, place, done, why } of staging.notes()) {
    if (shown === SHOWN_NOTES) return
    shown += 1
    yield `${done.padEnd(9)} ${what} at ${place}: ${why}`
  }
}

/** Without the password of an address. */
const shownSource = (source: string): string => source.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1:…@')
