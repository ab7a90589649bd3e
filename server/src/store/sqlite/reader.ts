import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { guarded } from '../../lib/guard.ts'
import { openForReading } from './database.ts'
import { ExportReads } from './exports-reads.ts'
import { engineCode } from './failure.ts'
import { OverviewReads } from './overview-reads.ts'
import { SearchReads } from './search-reads.ts'

export type Reads = Public<ExportReads> & Public<SearchReads> & Public<OverviewReads>
type Public<Nouns> = Omit<Nouns, `#${string}`>
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
  const nouns = [new ExportReads(db), new SearchReads(db), new OverviewReads(db)]
  // One after the other: a read may take several steps, and answers are matched with reads by their order.
  let last: Promise<void> = Promise.resolve()
  port.on(
    'message',
    guarded('sqlite', (asked: ToReader) => {
      const next = async () => {
        if (asked !== 'close') return port.postMessage(await answer(nouns, asked))
        db.close()
        port.close()
      }
      last = last.then(next, next)
      return last
    }),
  )
}

async function answer(
  nouns: readonly Partial<Reads>[],
  [name, ...args]: Exclude<ToReader, 'close'>,
): Promise<FromReader> {
  try {
    // `ReadingThread` has put them there, as that read takes them.
    const noun = nouns.find((each) => name in each)
    const read = noun?.[name] as (...args: unknown[]) => unknown
    return { value: await read.apply(noun, args) }
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    return engineCode(error) === undefined ? { defect: failure } : { outage: failure }
  }
}

if (parentPort) serve(parentPort, workerData as ReaderData)
