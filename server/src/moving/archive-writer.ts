import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { CommandEnd } from '../lib/command-end.ts'
import { fileRefusal } from '../lib/file-refusal.ts'
import type { Sum, Sums, TableName } from '../store/moving.ts'
import type { Archive } from './archive.ts'
import { endLine, headerLine, tableLine } from './archive-form.ts'

export const STDOUT = '-'
const OWNER_ONLY = 0o600
/** Text shrinks to a third or less, at a fraction of what the default level costs. */
const FAST = { level: 1 }

interface WriteOptions {
  /** A path, gzipped if it ends in .gz, or `STDOUT`. */
  readonly file: string
  readonly onRows: (count: number) => void
  readonly signal: AbortSignal
}

/** Writes all of it, and answers its sums. A file bears its name once it is whole and on disk; none is overwritten. */
export async function writeArchive(archive: Archive, options: WriteOptions): Promise<Sums> {
  const { file, signal } = options
  const sums: Partial<Record<TableName, Sum>> = {}
  const text = Readable.from(linesOf(archive, sums, options.onRows))
  try {
    if (file === STDOUT) await pipeline(text, process.stdout, { signal, end: false })
    else await writeFile(text, file, signal)
    return sums
  } catch (error) {
    throw fileRefusal(error, file === STDOUT ? 'Standard output' : file, 'written')
  }
}

async function writeFile(text: Readable, file: string, signal: AbortSignal): Promise<void> {
  if (existsSync(file)) throw new CommandEnd(`${file} is there already: remove it, or name another file.`)
  const partial = `${file}.partial`
  await rm(partial, { force: true })
  try {
    const out = createWriteStream(partial, { flags: 'wx', mode: OWNER_ONLY, flush: true })
    if (file.endsWith('.gz')) await pipeline(text, createGzip(FAST), out, { signal })
    else await pipeline(text, out, { signal })
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** Fills in the sums as it goes. */
async function* linesOf(
  archive: Archive,
  sums: Partial<Record<TableName, Sum>>,
  onRows: WriteOptions['onRows'],
): AsyncGenerator<string> {
  const header = headerLine(archive.header)
  yield `${header}\n`
  for await (const { table, count, sum, lines } of archive.pages()) {
    if (!sums[table.name]) yield `${tableLine(table)}\n`
    sums[table.name] = sum
    yield lines
    onRows(count)
  }
  yield `${endLine(header, sums)}\n`
}
