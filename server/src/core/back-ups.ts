import { type Bus, topic } from '../bus/bus.ts'
import type { Clock, Micros } from '../lib/clock.ts'
import { runEvery } from '../lib/timers.ts'
import type { NewAct } from '../store/store.ts'
import type { Audit } from './audit.ts'
import {
  asBackUpFailure,
  type BackUpFailure,
  type BackUpFault,
  type BackUpMaker,
  type BackUpProgress,
  type MadeBackUp,
} from './back-up-maker.ts'
import { ChatError } from './errors.ts'

/** How often other nodes are told how far a back-up is, in milliseconds. */
const TELL_MS = 1_000
/** A back-up of which nothing was heard for so long runs no more: its node is gone. */
const SILENCE_MS = 10_000
/** How long it is known that the last one has failed. */
const FAILED_MS = 7 * 24 * 3_600_000

/** A back-up that is made now. */
interface RunningBackUp extends BackUpProgress {
  readonly startedAt: Micros
}

/** A back-up that was not made. */
interface FailedBackUp {
  readonly at: Micros
  readonly fault: BackUpFault
  /** One sentence for the operator. */
  readonly sentence: string
}

/** News of nodes for each other: that one is made, or how the last one has ended. */
interface BackUpNews {
  readonly running: RunningBackUp | null
  readonly made: MadeBackUp | null
  readonly failed: FailedBackUp | null
}

const backUpTopic = topic<BackUpNews>('back-up')

/** All that is known of back-ups. */
export interface BackUpState extends Omit<BackUpNews, 'made'> {
  /** Where they go; null where the operator has named no place. */
  readonly directory: string | null
  /** The newest that is whole. */
  readonly last: MadeBackUp | null
}

interface BackUpsParts {
  /** Undefined where the operator has named no place for them. */
  readonly maker: BackUpMaker | undefined
  readonly audit: Audit
  readonly bus: Bus
  readonly clock: Clock
  /** Called with a failure that is not the back-up's own. */
  readonly onError: (error: unknown) => void
}

/** Back-ups that administrators ask for: one at a time, on whichever node. */
export class BackUps {
  readonly #parts: BackUpsParts
  #running: RunningBackUp | undefined
  #ended: Promise<void> | undefined
  readonly #stop = new AbortController()

  constructor(parts: BackUpsParts) {
    this.#parts = parts
  }

  async state(): Promise<BackUpState> {
    const { maker, bus } = this.#parts
    const news = (await bus.kept(backUpTopic))?.news
    const made = newer(await maker?.last(), news?.made)
    const failed = news?.failed ?? null
    return {
      directory: maker?.directory ?? null,
      running: this.#running ?? news?.running ?? null,
      last: made ?? null,
      // A later one, such as an operator's by a command, makes up for it.
      failed: failed && made && made.madeAt > failed.at ? null : failed,
    }
  }

  /**
   * Begins one, and resolves when that is noted in the audit log: how it ends is told by `state`. Refuses 'forbidden'
   * where there is no place for it, and 'conflict' while one is made.
   */
  async start(act: Pick<NewAct, 'actor' | 'origin'>): Promise<void> {
    const { maker, bus, clock, onError } = this.#parts
    if (!maker) throw new ChatError('forbidden', { needsBackUpDirectory: true })
    if (this.#running || this.#stop.signal.aborted) throw alreadyRunning()
    this.#running = { startedAt: clock.nowMicros(), step: 'database', done: 0, total: null }
    const begun = Promise.withResolvers<void>()
    const ended = this.#run(maker, act, async () => {
      if ((await bus.kept(backUpTopic))?.news.running) throw alreadyRunning()
      begun.resolve()
    })
    this.#ended = ended.then(begun.resolve, (error) => {
      begun.reject(error)
      if (!asBackUpFailure(error) && !isRefusal(error)) onError(error)
    })
    await begun.promise
  }

  /** Ends one that is made: nothing is kept of it. Resolves when that is noted. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #run(
    maker: BackUpMaker,
    act: Pick<NewAct, 'actor' | 'origin'>,
    onBegun: () => Promise<void>,
  ): Promise<void> {
    const noted = { ...act, act: 'back-up', subject: maker.directory }
    try {
      await this.#parts.audit.record(noted, async () => {
        await onBegun()
        await this.#make(maker)
      })
    } finally {
      this.#running = undefined
    }
  }

  async #make(maker: BackUpMaker): Promise<void> {
    const { clock } = this.#parts
    const telling = runEvery(TELL_MS, () => this.#tell({ running: this.#running ?? null }, SILENCE_MS))
    this.#tell({ running: this.#running ?? null }, SILENCE_MS)
    const onProgress = (progress: BackUpProgress) => {
      if (this.#running) this.#running = { ...this.#running, ...progress }
    }
    try {
      const made = await maker.make({ signal: this.#stop.signal, onProgress })
      this.#tell({ made }, FAILED_MS)
    } catch (error) {
      const { fault, message: sentence } = asBackUpFailure(error) ?? UNEXPLAINED
      this.#tell({ failed: { at: clock.nowMicros(), fault, sentence } }, FAILED_MS)
      throw error
    } finally {
      clearInterval(telling)
    }
  }

  #tell(news: Partial<BackUpNews>, forMs: number): void {
    this.#parts.bus.keep(backUpTopic, { running: null, made: null, failed: null, ...news }, forMs)
  }
}

const UNEXPLAINED: Pick<BackUpFailure, 'fault' | 'message'> = {
  fault: 'other',
  message: 'The back-up has failed, and the log of the server says why.',
}

const alreadyRunning = (): ChatError => new ChatError('conflict', { isBackUpRunning: true })

const isRefusal = (error: unknown): boolean => error instanceof ChatError && error.code === 'conflict'

function newer(one: MadeBackUp | undefined, other: MadeBackUp | null | undefined): MadeBackUp | undefined {
  if (!one || !other) return one ?? other ?? undefined
  return other.madeAt > one.madeAt ? other : one
}
