import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { guarded } from '../../lib/guard.ts'
import { openForReading } from './database.ts'
import { ExportReads } from './exports-reads.ts'
import { engineCode } from './failure.ts'
import { SearchReads } from './search-reads.ts'

export type Reads = Omit<ExportReads, `#${string}`> & Omit<SearchReads, `#${string}`>
export type ReadName = keyof Reads

/** A read by its name, with its arguments. */
export type ToReader = readonly [name: ReadName, ...args: unknown[]] | 'close'

/** The answer to each read, in their order. */
export type FromReader =
  | { readonly value: unknown }
  /** The engine failed. */
  | { readonly outage: Error }
  | { readonly defect: Error }

interface ReaderData {
  readonly file: string
}

function serve(port: MessagePort, { file }: ReaderData): void {
  const db = openForReading(file)
  // An export reads each page once; a search comes back to the upper pages of its index.
  db.exec('PRAGMA cache_size = -8192')
  const reads = [new ExportReads(db), new SearchReads(db)] as const
  port.on(
    'message',
    guarded('sqlite', (asked: ToReader) => {
      if (asked !== 'close') return port.postMessage(answer(reads, asked))
      db.close()
      port.close()
    }),
  )
}

function answer(
  [exports, search]: readonly [ExportReads, SearchReads],
  [name, ...args]: Exclude<ToReader, 'close'>,
): FromReader {
  try {
    // `ReadingThread` has put them there, as that read takes them.
    const reads: Partial<Reads> = name in search ? search : exports
    const read = reads[name] as (...args: unknown[]) => unknown
    return { value: read.apply(reads, args) }
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    return engineCode(error) === undefined ? { defect: failure } : { outage: failure }
  }
}

if (parentPort) serve(parentPort, workerData as ReaderData)
