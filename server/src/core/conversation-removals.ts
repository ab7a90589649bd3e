import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { ConversationRemovalStore, MemberStore, RetentionStore } from '../store/store.ts'
import { LeasedSteps } from './leased-steps.ts'
import { MemberNews } from './member-news.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { Retention } from './retention.ts'
import type { ConversationId } from './types.ts'

/** Members that go in one step: a millisecond of the database, which a send may have to wait for. */
const STEP = 50
/** Later than any message. */
const EVER = Number.MAX_SAFE_INTEGER

interface ConversationRemovalsParts {
  readonly store: {
    readonly conversationRemovals: ConversationRemovalStore
    readonly members: MemberStore
    readonly retention: RetentionStore
  }
  readonly retention: Retention
  readonly bus: Bus
  readonly clock: Clock
}

/**
 * Conversations that an operator deletes. First nobody finds or enters one any more. Then its members go, as if each had left,
 * and then its messages. A row without a name is left, so that its id means nothing else later.
 */
export class ConversationRemovals {
  readonly #parts: ConversationRemovalsParts
  readonly #news: MemberNews
  readonly #steps: LeasedSteps
  #running: Promise<void> | undefined

  constructor(parts: ConversationRemovalsParts) {
    const { store, bus, clock } = parts
    this.#parts = parts
    this.#news = new MemberNews(bus)
    this.#steps = new LeasedSteps({ store: store.retention, clock, name: 'deleting conversations' })
  }

  /**
   * Has the conversation deleted by a server, at once or when one starts. For an operator's command, which runs beside a server.
   * Refuses 'unknown_conversation', and 'forbidden' for a private one: that stays its pair's.
   */
  wish(conversationId: ConversationId): Promise<void> {
    const at = this.#parts.clock.nowMicros()
    return this.#parts.store.conversationRemovals.wish({ conversationId, at })
  }

  /** Carries out all that is wished, with rests between the steps; nothing where another node does. One run at a time. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Waits for the step under way. The next run goes on from what is stored. */
  async close(): Promise<void> {
    this.#steps.close()
    await this.#running?.catch(() => {
      // The caller of `run` has it.
    })
  }

  async #run(): Promise<void> {
    if (this.#steps.isClosed) return
    for (const conversationId of await this.#parts.store.conversationRemovals.pending())
      if (!(await this.#remove(conversationId))) return
  }

  async #remove(conversationId: ConversationId): Promise<boolean> {
    const { store, retention, clock } = this.#parts
    const once = (step: 'begin' | 'finish') => async () => {
      await store.conversationRemovals[step]({ conversationId, at: clock.nowMicros() })
      return false
    }
    const dismiss = () => this.#dismiss(conversationId)
    const purge = async () => (await retention.purge(conversationId, EVER)) !== null
    for (const step of [once('begin'), dismiss, purge, once('finish')])
      if (!(await this.#steps.takeAll(step))) return false
    return true
  }

  /** False where no member is left. */
  async #dismiss(conversationId: ConversationId): Promise<boolean> {
    const { store, clock } = this.#parts
    const members = await store.members.page(conversationId, { after: 0, limit: STEP })
    if (members.length === 0) return false
    const accountIds = members.map(({ accountId }) => accountId)
    const dismissal = { conversationId, accountIds, at: clock.nowMicros() }
    await publishOnCommit(store.conversationRemovals.dismiss(dismissal), (dismissed) => {
      for (const { accountId, ...left } of dismissed) this.#news.left({ conversationId, accountId }, left)
    })
    return true
  }
}
