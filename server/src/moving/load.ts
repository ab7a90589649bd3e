import {
  type MovingTarget,
  type Sum,
  type Sums,
  TABLES,
  type Table,
  type TableName,
} from '../store/moving.ts'
import { type Archive, linesOf, type Page, Tally } from './archive.ts'
import { changedSource, differs } from './refusal.ts'

interface LoadOptions {
  readonly target: MovingTarget
  /** The sums of the rows that an interrupted run has stored. */
  readonly before: Sums
  /** For rows among those. */
  readonly onSkipped: (count: number) => void
  readonly onRows: (count: number) => void
  readonly signal: AbortSignal
}

/**
 * Writes all rows of the archive to the target, without those that an interrupted run has stored. Returns the sums
 * of all that the target must now hold. Throws the signal's reason between two commits.
 */
export async function load(archive: Pick<Archive, 'pages'>, options: LoadOptions): Promise<Sums> {
  const { target, before, signal } = options
  const sums: Partial<Record<TableName, Sum>> = { ...before }
  let seen: Sums = {}
  // One page is read and made ready while the target stores the one before.
  let writing = Promise.resolve()
  try {
    for await (const page of archive.pages()) {
      const { name } = page.table
      seen = { ...seen, [name]: page.sum }
      if (isThere(page, before[name])) {
        signal.throwIfAborted()
        options.onSkipped(page.count)
        continue
      }
      const rows = page.values()
      await writing
      signal.throwIfAborted()
      sums[name] = page.sum
      writing = target.write(page.table, rows, { ...sums }).then(() => options.onRows(page.count))
      // The next `await writing` throws its failure, which may come before that: it must not count as unhandled.
      writing.catch(() => {})
    }
  } finally {
    await writing
  }
  for (const { name } of TABLES)
    if (seen[name]?.sha256 !== sums[name]?.sha256) throw changedSource(`rows of ${name} are gone`)
  return sums
}

/** Reads all rows back, and refuses if their sums differ. */
export async function verify(
  target: MovingTarget,
  sums: Sums,
  { onRows, signal }: Pick<LoadOptions, 'onRows' | 'signal'>,
): Promise<void> {
  for (const table of TABLES) {
    const tally = new Tally()
    for await (const rows of target.pages(table)) {
      signal.throwIfAborted()
      tally.add(table.name, rows.length, linesOf(rows))
      onRows(rows.length)
    }
    if (!isSame(table, tally.sums(), sums)) throw differs(table.name)
  }
}

/** Pages are cut alike in every run, so a page was brought as a whole or not at all. */
function isThere({ table, count, sum }: Page, before: Sum | undefined): boolean {
  const brought = before?.rows ?? 0
  if (sum.rows - count >= brought) return false
  if (sum.rows > brought || (sum.rows === brought && sum.sha256 !== before?.sha256))
    throw changedSource(`other rows of ${table.name}`)
  return true
}

const isSame = ({ name }: Table, some: Sums, others: Sums): boolean =>
  some[name]?.rows === others[name]?.rows && some[name]?.sha256 === others[name]?.sha256
