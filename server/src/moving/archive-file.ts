import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { fileRefusal } from '../lib/file-refusal.ts'
import { PAGE_ROWS, type Table } from '../store/moving.ts'
import { type Archive, type Page, Tally } from './archive.ts'
import { endLine, parseHeader, parseRows, parseTable } from './archive-form.ts'
import { damaged, foreignFile, newerFile } from './refusal.ts'

const CHUNK_BYTES = 256 * 1024
/** No row is nearly as long: past it the file is something else, which must not fill the memory. */
const MAX_LINE_LENGTH = 4 * 1024 * 1024

/** Reads the header. Its `pages` read the file from its start, each time. Throws `CommandEnd`. */
export async function openArchive(file: string): Promise<Archive> {
  for await (const [line = ''] of linesOf(file)) {
    const header = parseHeader(line)
    if (header === 'other version') throw newerFile(file)
    if (header) return { header, pages: () => pagesOf(file) }
    break
  }
  throw foreignFile(file)
}

async function* pagesOf(file: string): AsyncGenerator<Page> {
  const pager = new Pager(file)
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      const page = pager.take(line)
      if (page) yield page
    }
  }
  pager.requireWhole()
}

/** Makes pages of the lines, and holds them against the last one. */
class Pager {
  readonly #file: string
  readonly #tally = new Tally()
  #header: string | undefined
  #table: Table | undefined
  #rows: string[] = []
  #end: string | undefined

  constructor(file: string) {
    this.#file = file
  }

  take(line: string): Page | undefined {
    if (this.#end !== undefined) throw damaged(this.#file, 'something follows its end')
    if (line.startsWith('[')) {
      this.#rows.push(line)
      return this.#rows.length === PAGE_ROWS ? this.#turn() : undefined
    }
    const page = this.#turn()
    if (this.#header === undefined) this.#header = line
    else {
      const table = parseTable(line)
      if (table === 'other version') throw newerFile(this.#file)
      this.#table = table
      if (!table) this.#end = line
    }
    return page
  }

  requireWhole(): void {
    if (this.#end === undefined) throw damaged(this.#file, 'its last line is missing')
    if (this.#end !== endLine(this.#header ?? '', this.#tally.sums()))
      throw damaged(this.#file, 'its last line tells of other rows')
  }

  #turn(): Page | undefined {
    const [rows, table] = [this.#rows, this.#table]
    this.#rows = []
    if (rows.length === 0) return undefined
    if (!table) throw damaged(this.#file, 'rows of no table')
    const lines = `${rows.join('\n')}\n`
    const values = () => {
      const parsed = parseRows(table, rows)
      if (!parsed) throw damaged(this.#file, `what is no row of ${table.name}`)
      return parsed
    }
    return { table, count: rows.length, sum: this.#tally.add(table.name, rows.length, lines), lines, values }
  }
}

/** Many at a time. */
async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  let rest = ''
  try {
    for await (const chunk of await textOf(file)) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > MAX_LINE_LENGTH) throw damaged(file, 'a line does not end')
      yield lines
    }
  } catch (error) {
    const isZipBroken = error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
    throw isZipBroken ? damaged(file, 'it does not unzip', error) : fileRefusal(error, file, 'read')
  }
  if (rest !== '') yield [rest]
}

/** Gzipped or not, whatever its name. */
async function textOf(file: string): Promise<AsyncIterable<string>> {
  const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  if (!(await isGzip(file))) return bytes.setEncoding('utf8')
  // `unzipped` throws the errors of both streams to its reader, so the callback has nothing to do.
  const unzipped = createGunzip({ chunkSize: CHUNK_BYTES })
  pipeline(bytes, unzipped, () => {})
  return unzipped.setEncoding('utf8')
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.equals(Buffer.from([0x1f, 0x8b]))
  } finally {
    await handle.close()
  }
}
