import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { CommandEnd } from '../../lib/command-end.ts'
import type { PostgresTools } from './postgres-tool.ts'

const COPY = /^COPY (?:"(?:[^"]|"")+"|[\w$]+)\.("?)([^" ]+)\1 /
const END = '\\.'

/** Reads a dump through, and answers how many rows it has of each table. Throws `CommandEnd` for one that is damaged. */
async function rowsInDump(file: string, tools: PostgresTools): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  let table: string | undefined
  const read = async (output: Readable) => {
    // One byte a character: no line ends within a row, whatever people have written.
    for await (const line of createInterface({ input: output.setEncoding('latin1') })) {
      if (table === undefined) {
        table = COPY.exec(line)?.[2]
        if (table !== undefined) counts[table] = 0
      } else if (line === END) table = undefined
      else counts[table] = (counts[table] ?? 0) + 1
    }
  }
  await tools.run('pg_restore', { args: ['--data-only', '--file=-', file], read })
  return counts
}

/** Throws `CommandEnd` where a dump has other rows than these. */
export async function requireRows(
  file: string,
  wanted: Readonly<Record<string, number>>,
  tools: PostgresTools,
): Promise<void> {
  const found = await rowsInDump(file, tools)
  for (const [table, rows] of Object.entries(wanted))
    if ((found[table] ?? 0) !== rows)
      throw new CommandEnd(
        `${file} holds ${found[table] ?? 0} of ${rows} rows of ${table}: use another back-up, or make a new one.`,
      )
}
