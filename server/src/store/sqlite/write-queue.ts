import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { ChatError } from '../../core/errors.ts'
import { guarded, report } from '../../lib/guard.ts'
import { runNextTurn } from '../../lib/timers.ts'
import { StoreRefusal } from '../refusal.ts'
import { beginWriteTrace, endWriteTrace, type WriteTrace } from '../write-trace.ts'
import type { Answer, WriteName } from '../writes.ts'
import { applyWrite } from './cache-invalidation.ts'
import type { EarlierCopy } from './earlier-copy.ts'
import { outcomeUnknown, unavailable } from './failure.ts'
import type { ReadCache } from './read-cache.ts'
import type { FromWriter, ToWriter, WriterData } from './writer.ts'
import { giveBackThread, takeThread } from './writer-threads.ts'
import type { Argument, Command, WriteAnswer } from './writes.ts'

// Unanswered writes, about a second's worth at full speed; one more is refused 'busy'.
const MAX_PENDING = 50_000

export interface WriterHooks {
  /** The schema was changed, and the database as it was is kept. */
  readonly onSchemaChange?: ((earlier: EarlierCopy) => void) | undefined
  /** After every commit: how many writes shared it, and how long they and it took together. */
  readonly onStats?: ((stats: { readonly commands: number; readonly commitMs: number }) => void) | undefined
  /** Called once, with what tells how many writes have no answer yet. */
  readonly onQueue?: ((depth: () => number) => void) | undefined
  /** The files are no longer those that were opened, so no write is taken. Called each second while this lasts. */
  readonly onLoss?: ((loss: Error) => void) | undefined
  /** The writer is gone for good: every write is now 'unavailable'. */
  readonly onFailure?: ((error: Error) => void) | undefined
}

interface Pending {
  readonly command: Command
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
  readonly trace: WriteTrace | undefined
}

/** The way to the writer's thread: what one turn of the event loop writes travels, and is committed, together. */
export class WriteQueue {
  readonly #worker: Worker
  readonly #hooks: WriterHooks
  readonly #cache: ReadCache
  /** Oldest first; the writer answers in this order. */
  #pending: Pending[] = []
  #turn: Command[] = []
  #end: Error | undefined
  /** Resolves when the thread has closed the files, or has ended. */
  readonly #closed = Promise.withResolvers<void>()

  static async open(data: WriterData, cache: ReadCache, hooks: WriterHooks): Promise<WriteQueue> {
    const worker = takeThread()
    worker.postMessage(data satisfies ToWriter)
    const [news] = (await once(worker, 'message')) as [FromWriter]
    if (news.type === 'refused') {
      await giveBackThread(worker)
      throw new StoreRefusal(news.message, { cause: news.cause })
    }
    if (news.type === 'ready' && news.earlier) hooks.onSchemaChange?.(news.earlier)
    return new WriteQueue(worker, cache, hooks)
  }

  private constructor(worker: Worker, cache: ReadCache, hooks: WriterHooks) {
    this.#worker = worker
    this.#cache = cache
    this.#hooks = hooks
    hooks.onQueue?.(() => this.#pending.length)
    worker.on(
      'message',
      guarded('sqlite', (news: FromWriter) => this.#hear(news)),
    )
    worker.on(
      'error',
      guarded('sqlite', (error: Error) => this.#fail(error)),
    )
    worker.on(
      'exit',
      guarded('sqlite', () => this.#fail(new Error('the writer thread has ended'))),
    )
  }

  /** The promise itself, for all writes at one depth: so they settle in commit order. */
  write<Name extends WriteName>(name: Name, argument: Argument<Name>): Promise<Answer<Name>> {
    if (this.#end) return Promise.reject(unavailable(this.#end))
    if (this.#pending.length >= MAX_PENDING) return Promise.reject(new ChatError('busy'))
    if (this.#turn.length === 0) runNextTurn(() => this.#send())
    const command = [name, argument] as const
    this.#turn.push(command)
    return new Promise<Answer<Name>>((resolve, reject) => {
      this.#pending.push({ command, resolve, reject, trace: beginWriteTrace() })
    })
  }

  /** Commits what was accepted; later writes are 'unavailable'. */
  async close(): Promise<void> {
    if (this.#end) return
    this.#send()
    this.#end = new Error('the store is closed')
    this.#post('close')
    await this.#closed.promise
  }

  #send(): void {
    const commands = this.#turn
    this.#turn = []
    if (commands.length === 0) return
    try {
      this.#post(commands)
    } catch (error) {
      // A message that cannot be sent gets no answer, and answers are matched with writes by their order alone.
      for (const { reject } of this.#pending.splice(-commands.length)) reject(error as Error)
    }
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message)
  }

  #hear(news: FromWriter): void {
    if (news.type === 'defect') report('sqlite', news.defect)
    if (news.type === 'loss') this.#hooks.onLoss?.(news.loss)
    if (news.type === 'closed') this.#closed.resolve(giveBackThread(this.#worker))
    if (news.type !== 'answers') return
    const { answers, commitMs } = news
    const settled = this.#pending.splice(0, answers.length)
    for (let i = 0; i < settled.length; i++) {
      const one = settled[i]
      const answer = answers[i]
      if (one?.trace) endTrace(one, answer, { commitMs, writes: answers.length })
      this.#settleOwn(one, answer)
    }
    this.#hooks.onStats?.({ commands: answers.length, commitMs })
  }

  /** An answer that is not understood must not keep later callers waiting, nor its own. */
  #settleOwn(pending: Pending | undefined, answer: WriteAnswer | undefined): void {
    try {
      this.#settle(pending, answer)
    } catch (error) {
      report('sqlite', error)
      pending?.reject(new Error('the answer to a write was not understood'))
    }
  }

  #settle(pending: Pending | undefined, answer: WriteAnswer | undefined): void {
    if (!pending) return
    const { command, resolve, reject } = pending
    if (answer === undefined) reject(outcomeUnknown(new Error('the writer did not answer')))
    else if ('value' in answer) resolve(this.#conclude(command, answer.value))
    else if ('refusal' in answer) reject(new ChatError(answer.refusal.code, answer.refusal.details))
    else if ('outage' in answer) {
      // Whether it was stored is for the disk to say.
      this.#cache.clear()
      reject(answer.isUnknown ? outcomeUnknown(answer.outage) : unavailable(answer.outage))
    } else reject(answer.defect)
  }

  #conclude([name, argument]: Command, value: unknown): never {
    // `write` put a command there whose argument fits its name, and the writer answers in that name's type.
    return applyWrite(this.#cache, name, argument as never, value as never) as never
  }

  #fail(error: Error): void {
    const wasOpen = this.#end === undefined
    this.#end ??= error
    // The writes of this turn were not sent yet; those that were may be committed, and their answers lost.
    const posted = this.#pending.length - this.#turn.length
    this.#turn = []
    for (const [n, { reject }] of this.#pending.splice(0).entries())
      reject(n < posted ? outcomeUnknown(error) : unavailable(error))
    if (wasOpen) this.#hooks.onFailure?.(error)
    this.#closed.resolve()
  }
}

function endTrace(
  { command: [name], trace }: Pending,
  answer: WriteAnswer | undefined,
  batch: { readonly commitMs: number; readonly writes: number },
): void {
  const hasFailed = answer === undefined || 'outage' in answer || 'defect' in answer
  if (trace) endWriteTrace(trace, { name, hasFailed, ...batch })
}
