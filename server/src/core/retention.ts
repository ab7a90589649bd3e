import type { Bus } from '../bus/bus.ts'
import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import type { KeptHistory, Purged, RetentionStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { conversationTopic } from './events.ts'
import { LeasedSteps } from './leased-steps.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { ConversationId } from './types.ts'

/** Messages that go by one change: some milliseconds of the database, which a send may have to wait for. */
const STEP = 100
/** Conversations that are looked at in one query. */
const PAGE = 200
const DAY_MICROS = 86_400 * MICROS_PER_SECOND

interface RetentionParts {
  readonly store: RetentionStore
  readonly bus: Bus
  readonly clock: Clock
  /** Days for which messages are kept anywhere; 0 is for ever. */
  readonly days: number
}

/**
 * Purges messages that have been kept for long enough: the fewer of the conversation's own days and the server's count.
 * Each step may be the last: the next run goes on from what is stored.
 */
export class Retention {
  /** Days for which messages are kept anywhere; 0 is for ever. */
  readonly days: number
  readonly #parts: RetentionParts
  readonly #steps: LeasedSteps
  #running: Promise<void> | undefined

  constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#steps = new LeasedSteps({ ...parts, name: 'purging' })
    this.days = parts.days
  }

  /**
   * Purges the oldest messages of the conversation that were sent before `before`, a step of them. Null where nothing was
   * left to do. Refuses 'unknown_conversation'.
   */
  purge(conversationId: ConversationId, before: number): Promise<Purged | null> {
    const { store, bus, clock } = this.#parts
    const at = clock.nowMicros()
    return publishOnCommit(store.purge({ conversationId, before, limit: STEP, at }), (purged) => {
      if (!purged) return
      const { change, upToSeq } = purged
      const news = { type: 'history.purged', conversationId, change, upToSeq, at } as const
      bus.publish(conversationTopic(conversationId), news)
    })
  }

  /**
   * Has all that was sent before `before` purged by a server, at once or when one starts. For an operator's command, which
   * runs beside a server. Refuses 'unknown_conversation'.
   */
  wish(conversationId: ConversationId, before: number): Promise<void> {
    return this.#parts.store.wish({ conversationId, before })
  }

  /** Whether a wish is not fulfilled yet. */
  async isWished(conversationId: ConversationId): Promise<boolean> {
    return (await this.#parts.store.findWish(conversationId)) !== undefined
  }

  /**
   * Purges all that is due, with rests between the steps; nothing where another node does. With `isWhole` it looks at every
   * conversation, else at those with a rule or a wish of their own. One run at a time.
   */
  run({ isWhole }: { readonly isWhole: boolean }): Promise<void> {
    this.#running ??= this.#run(isWhole).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Waits for the step under way. */
  async close(): Promise<void> {
    this.#steps.close()
    await this.#running?.catch(() => {
      // The caller of `run` has it.
    })
  }

  async #run(isWhole: boolean): Promise<void> {
    const { store } = this.#parts
    const isOwnRule = !isWhole || this.days === 0
    let after = 0
    while (!this.#steps.isClosed) {
      const histories = await store.kept({ after, limit: PAGE, isOwnRule })
      for (const history of histories) if (this.#isDue(history) && !(await this.#purgeAll(history))) return
      const last = histories.at(-1)
      if (!last || histories.length < PAGE) return
      after = last.conversationId
    }
  }

  /** False where another node purges, or this is closed. */
  #purgeAll(history: KeptHistory): Promise<boolean> {
    const { conversationId } = history
    return this.#steps.takeAll(async () => {
      const purged = await unlessGone(this.purge(conversationId, this.#keptFrom(history)))
      return purged !== null
    })
  }

  /** A wish is due also where nothing is left to purge: that fulfils it. */
  #isDue(history: KeptHistory): boolean {
    const { oldestAt, purgeBefore } = history
    return purgeBefore !== null || (oldestAt !== null && oldestAt < this.#keptFrom(history))
  }

  /** Messages that were sent before then are to go. */
  #keptFrom({ retentionDays, purgeBefore }: KeptHistory): number {
    const rules = [retentionDays ?? 0, this.days].filter((days) => days > 0)
    const byRule = rules.length === 0 ? 0 : this.#parts.clock.nowMicros() - Math.min(...rules) * DAY_MICROS
    return Math.max(byRule, purgeBefore ?? 0)
  }
}

async function unlessGone(purging: Promise<Purged | null>): Promise<Purged | null> {
  try {
    return await purging
  } catch (error) {
    if (error instanceof ChatError && error.code === 'unknown_conversation') return null
    throw error
  }
}
