import { CommandEnd } from '../lib/command-end.ts'
import { digest } from '../lib/ids.ts'
import type { Secrets } from '../secrets/index.ts'
import { type MovingSource, TABLES, type TableName } from '../store/moving.ts'
import { type Archive, type Header, linesOf, type Page, Tally } from './archive.ts'

/** A database as it is now. */
export async function liveArchive(source: MovingSource, secrets: Secrets): Promise<Archive> {
  const counts = await countsOf(source)
  const header = { id: digest(JSON.stringify([secrets, counts])), counts, secrets }
  return { header, pages: () => pagesOf(source, counts) }
}

export async function countsOf(source: MovingSource): Promise<Header['counts']> {
  const counts: Partial<Record<TableName, number>> = {}
  for (const table of TABLES) counts[table.name] = await source.count(table)
  return counts
}

/** All rows, of which there must be so many. */
export async function* pagesOf(source: MovingSource, counts: Header['counts']): AsyncGenerator<Page> {
  const tally = new Tally()
  for (const table of TABLES) {
    let last = 0
    for await (const rows of source.pages(table)) {
      const lines = linesOf(rows)
      const sum = tally.add(table.name, rows.length, lines)
      last = sum.rows
      yield { table, count: rows.length, sum, lines, values: () => rows }
    }
    if (last !== counts[table.name])
      throw new CommandEnd(
        `Of ${table.name}, ${last} of ${counts[table.name]} rows could be read: check its disk.`,
      )
  }
}
