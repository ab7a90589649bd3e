import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { runEvery } from '../../lib/timers.ts'
import type { Purpose } from '../import-guard.ts'
import { StoreRefusal } from '../refusal.ts'
import { Batch } from './batch.ts'
import { foldLog, openForWriting, type WritingDatabase } from './database.ts'
import type { EarlierCopy } from './earlier-copy.ts'
import { Following } from './following.ts'
import { SearchFollower } from './search-follower.ts'
import { Serving } from './serving.ts'
import type { Command, WriteAnswer } from './writes.ts'

/** First what to open, then what to write. After `close` comes what to open next. */
export type ToWriter = WriterData | readonly Command[] | 'close'

export type FromWriter =
  | { readonly type: 'ready'; readonly earlier: EarlierCopy | undefined }
  | { readonly type: 'refused'; readonly message: string; readonly cause: unknown }
  | { readonly type: 'answers'; readonly answers: readonly WriteAnswer[]; readonly commitMs: number }
  /** The files are not those that were opened. Sent each second while this lasts. */
  | { readonly type: 'loss'; readonly loss: Error }
  /** Beside the batches, something failed that must not. */
  | { readonly type: 'defect'; readonly defect: Error }
  | { readonly type: 'closed' }

export interface WriterData {
  readonly file: string
  readonly purpose: Purpose
}

// The main thread answers for one batch while the next runs; larger ones made both wait (measured).
const MAX_BATCH = 1000

const LOOK_EVERY_MS = 1_000

type Writing = Exclude<ToWriter, WriterData>

function serve(port: MessagePort, { db, files, close }: WritingDatabase, purpose: Purpose): void {
  const onLoss = (loss: Error) => tell(port, { type: 'loss', loss })
  const batch = new Batch(db)
  const serving = new Serving({ batch, files, foldLog: () => foldLog(db), onLoss })
  // An operator's command writes beside a server, which follows for both.
  const following =
    purpose === 'serve'
      ? new Following({
          follower: new SearchFollower(db),
          settledWords: () => batch.settledWords,
          onWritten: () => serving.noteWrite(),
          onDefect: (defect) => tell(port, { type: 'defect', defect }),
        })
      : undefined
  const looking = runEvery(LOOK_EVERY_MS, () => serving.look())
  const hear = (first: Writing) => {
    const { commands, isClosing } = drain(port, first)
    for (let from = 0; from < commands.length; from += MAX_BATCH) {
      const startedAt = performance.now()
      const answers = serving.run(commands.slice(from, from + MAX_BATCH))
      const commitMs = performance.now() - startedAt
      tell(port, { type: 'answers', answers, commitMs })
      following?.noteBatch(commitMs)
    }
    if (!isClosing) return
    clearInterval(looking)
    following?.end()
    close()
    port.off('message', hear)
    awaitOpening(port)
    tell(port, { type: 'closed' })
  }
  port.on('message', hear)
}

/** Everything that waits: it shares one commit. */
function drain(port: MessagePort, first: Writing): { commands: readonly Command[]; isClosing: boolean } {
  const arrived: (readonly Command[])[] = []
  let message: Writing | undefined = first
  while (message !== undefined && message !== 'close') {
    arrived.push(message)
    message = receiveMessageOnPort(port)?.message as Writing | undefined
  }
  return { commands: arrived.flat(), isClosing: message === 'close' }
}

const tell = (port: MessagePort, news: FromWriter): void => port.postMessage(news)

function awaitOpening(port: MessagePort): void {
  port.once('message', (data: WriterData) => open(port, data))
}

function open(port: MessagePort, { file, purpose }: WriterData): void {
  try {
    const writing = openForWriting(file, purpose)
    serve(port, writing, purpose)
    tell(port, { type: 'ready', earlier: writing.earlier })
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error
    awaitOpening(port)
    tell(port, { type: 'refused', message: error.message, cause: error.cause })
  }
}

if (parentPort) awaitOpening(parentPort)
