import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ChatError, type ChatErrorCode } from '../../core/errors.ts'
import { guarded } from '../../lib/guard.ts'
import { runNextTurn } from '../../lib/timers.ts'
import { beginWriteTrace, endWriteTrace, type WriteTrace } from '../write-trace.ts'
import type { Answer, Argument, WriteName } from '../writes.ts'
import {
  answersOf,
  type Command,
  commandOf,
  isUnspeakable,
  stepsOf,
  type WriteAnswer,
} from './batch-request.ts'
import { connectForWriting } from './database.ts'
import { ANSWER_TIMEOUT_MS, type Pool } from './driver/index.ts'
import { isFull, isOutage, isReadOnly, mayHaveRun, outcomeUnknown, unavailable } from './failure.ts'

// Unanswered writes; one more is refused 'busy'.
const MAX_PENDING = 50_000
const MAX_BATCH = 1000

/** How long a batch is tried again when the database does not answer, before its writes are 'unavailable'. */
const PATIENCE_MS = 8_000
/** And how long once the queue closes: who waits for that ends soon, with or without it. */
const CLOSING_PATIENCE_MS = 2_000
/** Between two tries. */
const PAUSE_MS = 100
/** Milliseconds between two looks at where the address leads. */
const LOOK_AGAIN_MS = 500
/** For a database that was away just now. */
const PROBE_MS = 1_000

export interface WriterHooks {
  /** After every commit: how many writes shared it, and how long they and it took together. */
  readonly onStats?: ((stats: { readonly commands: number; readonly commitMs: number }) => void) | undefined
  /** Called once, with what tells how many writes have no answer yet. */
  readonly onQueue?: ((depth: () => number) => void) | undefined
}

interface WriteQueueOptions extends WriterHooks {
  readonly url: string
  /** The server takes no writes: other connections must look again where the address leads. */
  readonly onReadOnly: () => void
}

interface Pending {
  readonly command: Command
  readonly conclude: (value: never) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly trace: WriteTrace | undefined
}

/**
 * This node's one way to write: what comes while a batch is on its way is the next batch. The database
 * remembers each writer's last batch, so one whose answer was lost with its connection is sent again
 * and never runs twice.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #id = randomUUID()
  readonly #sql: Pool
  #lastBatch = 0
  #pending: Pending[] = []
  #isScheduled = false
  #running: Promise<void> | undefined
  /** The last batch was given up: until one succeeds, none is waited for. */
  #isDown = false
  #closedAt: number | undefined
  /** The time when new connections were last wanted, because the server only reads. */
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(options: WriteQueueOptions) {
    this.#options = options
    this.#sql = connectForWriting(options.url)
    options.onQueue?.(() => this.#pending.length)
  }

  /**
   * The promise itself, for all writes at one depth: so they settle in the order they were made. `conclude`
   * makes of the database's answer what the caller is promised.
   */
  write<Name extends WriteName, Value = Answer<Name>>(
    name: Name,
    argument: Argument<Name>,
    conclude: (value: Value) => Answer<Name> = (value) => value as unknown as Answer<Name>,
  ): Promise<Answer<Name>> {
    return this.run(commandOf(name, argument), conclude)
  }

  /** As `write`, of a command that is made already. */
  run<Value, Result>(command: Command, conclude: (value: Value) => Result): Promise<Result> {
    if (this.#closedAt !== undefined) return Promise.reject(unavailable(new Error('the store is closed')))
    if (this.#pending.length >= MAX_PENDING) return Promise.reject(new ChatError('busy'))
    if (isUnspeakable(command)) return Promise.reject(new Error('PostgreSQL keeps no text with a NUL in it'))
    this.#schedule()
    return new Promise<Result>((resolve, reject) => {
      const trace = beginWriteTrace()
      this.#pending.push({ command, conclude, resolve: resolve as Pending['resolve'], reject, trace })
    })
  }

  /** Commits what was accepted; later writes are 'unavailable'. */
  async close(): Promise<void> {
    this.#closedAt ??= performance.now()
    this.#start()
    await this.#running
    await this.#sql.end(1)
  }

  /** At the end of the turn, so that what it writes goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#running) return
    this.#isScheduled = true
    runNextTurn(() => {
      this.#isScheduled = false
      this.#start()
    })
  }

  #start(): void {
    if (this.#pending.length > 0) this.#running ??= this.#runAll()
  }

  async #runAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, MAX_BATCH)
      const takenAt = performance.now()
      const outcome = await this.#run(batch.map(({ command }) => command)).catch(asError)
      this.#pending.splice(0, batch.length)
      endTraces(batch, { commitMs: performance.now() - takenAt, hasFailed: outcome instanceof Error })
      for (let i = 0; i < batch.length; i++) settle(batch[i], outcome instanceof Error ? outcome : outcome[i])
    }
    // At once: a write that comes next must not count on a run that is over.
    this.#running = undefined
  }

  /** The answers, or why there are none. */
  async #run(commands: readonly Command[]): Promise<readonly WriteAnswer[] | Error> {
    const steps = stepsOf(commands)
    const number = ++this.#lastBatch
    const startedAt = performance.now()
    let isUnknown = false
    for (;;) {
      try {
        const answers = await this.#send([this.#id, number, steps.locks, steps.steps])
        this.#isDown = false
        this.#foundWritable()
        this.#tellStats({ commands: commands.length, commitMs: performance.now() - startedAt })
        return answersOf(answers, steps)
      } catch (error) {
        if (!isOutage(error)) return asError(error)
        isUnknown ||= mayHaveRun(error)
        if (isReadOnly(error)) this.#lookAgain()
        if (isFull(error) || !this.#mayTryAgain(startedAt)) {
          this.#isDown = true
          return isUnknown ? outcomeUnknown(error) : unavailable(error)
        }
        await setTimeout(PAUSE_MS)
      }
    }
  }

  /** Guarded, because a hook that throws must not fail writes that are committed. */
  #tellStats(stats: { readonly commands: number; readonly commitMs: number }): void {
    const { onStats } = this.#options
    if (onStats) guarded('postgres', onStats)(stats)
  }

  /** Wants new connections: an old one stays with its server, even if that has become a standby. */
  #lookAgain(): void {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_AGAIN_MS) return
    this.#lookedAt = now
    this.#sql.renew()
    this.#options.onReadOnly()
  }

  /** Has readers connect again: when they last did, the address may still have led to the server that only reads. */
  #foundWritable(): void {
    if (this.#lookedAt === Number.NEGATIVE_INFINITY) return
    this.#lookedAt = Number.NEGATIVE_INFINITY
    this.#options.onReadOnly()
  }

  #mayTryAgain(startedAt: number): boolean {
    if (this.#isDown) return false
    const now = performance.now()
    return now - startedAt <= PATIENCE_MS && now - (this.#closedAt ?? now) <= CLOSING_PATIENCE_MS
  }

  async #send(parameters: readonly unknown[]): Promise<readonly (WriteAnswer | readonly WriteAnswer[])[]> {
    const withinMs = this.#isDown ? PROBE_MS : ANSWER_TIMEOUT_MS
    const rows = await this.#sql.ask({ text: CALL, parameters, withinMs })
    // The function of the database answers what `answersOf` reads.
    return rows[0]?.answers as readonly (WriteAnswer | readonly WriteAnswer[])[]
  }
}

function endTraces(
  batch: readonly Pending[],
  outcome: { readonly commitMs: number; readonly hasFailed: boolean },
): void {
  for (const { command, trace } of batch)
    if (trace) endWriteTrace(trace, { name: command.name, writes: batch.length, ...outcome })
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const CALL = 'SELECT chat_batch($1, $2, $3, $4) AS answers'

/** Settles a caller. An answer that is not understood must not keep later callers waiting. */
const settle = guarded('postgres', conclude, (pending, _answer) =>
  pending?.reject(new Error('the answer to a write was not understood')),
)

function conclude(pending: Pending | undefined, answer: WriteAnswer | Error | undefined): void {
  if (!pending) return
  const { conclude, resolve, reject } = pending
  if (answer === undefined) reject(new Error('the database did not answer a write'))
  else if (answer instanceof Error) reject(answer)
  else if ('refusal' in answer) reject(new ChatError(answer.refusal as ChatErrorCode, answer.details))
  else if ('defect' in answer) reject(new Error(answer.defect))
  // The function of the database answers what its caller concludes from.
  else resolve(conclude(('value' in answer ? answer.value : answer) as never))
}
