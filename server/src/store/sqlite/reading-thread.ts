import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { guarded } from '../../lib/guard.ts'
import { runAfter } from '../../lib/timers.ts'
import { unavailable } from './failure.ts'
import type { FromReader, ReadName, Reads, ToReader } from './reader.ts'

/** Milliseconds without a read after which the thread ends, whose memory is then free. */
const IDLE_MS = 10_000

type Pending = PromiseWithResolvers<never>

/** A thread for reads that take long, with a connection of its own. There is one while it is needed. */
export class ReadingThread {
  readonly #file: string
  /** Threads that were told to end. */
  readonly #ending = new Set<Promise<void>>()
  #worker: Worker | undefined
  /** Oldest first; the thread answers in this order. */
  #pending: Pending[] = []
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(file: string) {
    this.#file = file
  }

  read<Name extends ReadName>(
    name: Name,
    ...args: Parameters<Reads[Name]>
  ): Promise<Awaited<ReturnType<Reads[Name]>>> {
    if (this.#isClosed) return Promise.reject(unavailable(new Error('the store is closed')))
    clearTimeout(this.#idle)
    this.#worker ??= this.#start()
    const pending: Pending = Promise.withResolvers()
    this.#pending.push(pending)
    post(this.#worker, [name, ...args])
    return pending.promise
  }

  /** Answers what was asked, then ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#end()
    await Promise.all(this.#ending)
  }

  #start(): Worker {
    // The last part of Node's path is its version, which Node adds again.
    const ours = getCompileCacheDir()
    const compileCache = ours === undefined ? undefined : dirname(ours)
    const entry = new URL('./reader-thread.js', import.meta.url)
    const worker = new Worker(entry, { workerData: { file: this.#file, compileCache } })
    worker.on(
      'message',
      guarded('sqlite', (answer: FromReader) => this.#hear(answer)),
    )
    worker.on(
      'error',
      guarded('sqlite', (error: Error) => this.#fail(worker, error)),
    )
    worker.on(
      'exit',
      guarded('sqlite', () => this.#fail(worker, new Error('the reading thread has ended'))),
    )
    return worker
  }

  #hear(answer: FromReader): void {
    const pending = this.#pending.shift()
    if (this.#pending.length === 0) this.#idle = runAfter(IDLE_MS, () => this.#end()).unref()
    if (!pending) return
    // `read` put it there, and the thread answers in that read's type.
    if ('value' in answer) pending.resolve(answer.value as never)
    else pending.reject('outage' in answer ? unavailable(answer.outage) : answer.defect)
  }

  /** It answers first what it was asked. The next read starts another thread. */
  #end(): void {
    clearTimeout(this.#idle)
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    this.#ending.add(ended)
    worker.once(
      'exit',
      guarded('sqlite', () => {
        this.#ending.delete(ended)
        // Only a thread that the store's end has ended was still asked something.
        if (this.#isClosed) this.#rejectAll(new Error('the reading thread has ended'))
        resolve()
      }),
    )
    post(worker, 'close')
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#rejectAll(error)
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#pending.splice(0)) reject(unavailable(error))
  }
}

const post = (worker: Worker, message: ToReader): void => worker.postMessage(message)
