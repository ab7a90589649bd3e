import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type ChangeLog,
  type ConversationChange,
  type ConversationEvent,
  type ConversationId,
  conversationTopic,
} from '../core/chat.ts'
import { owned } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'

export type FeedListener = (event: ConversationEvent) => void

interface FeedOptions {
  readonly bus: Bus
  readonly log: ChangeLog
  /** A listener has thrown. */
  readonly onError: (error: unknown) => void
  /** The log is read, because news was late or lost. */
  readonly onHeal: () => void
  readonly conversationId: ConversationId
}

/** A change that another node has committed is seldom later than its next. */
const HOLE_MS = 20
/** Changes that wait for an earlier one; more are read from the log. */
const MAX_EARLY = 1_000
/** When the log cannot be read: doubling from the first to the most. */
const RETRY_MS = { first: 100, most: 2_000 }

/** One conversation, told in the order of its changes, whichever node each comes from. */
export class Feed {
  readonly listeners = new Set<FeedListener>()
  readonly #options: FeedOptions
  readonly #unsubscribe: Unsubscribe
  readonly #early = new Map<number, ConversationChange>()
  /** The change to be told next; undefined until it is known where to begin. */
  #next: number | undefined
  #beginning: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isHealing = false
  #isOutdated = false
  #failures = 0
  #isClosed = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#unsubscribe = options.bus.subscribe(
      conversationTopic(options.conversationId),
      (event) => this.#receive(event),
      // Nobody needs events from before the feed began, except followers that pass `after`: see `startAfter`.
      (why) => {
        if (why !== 'begun') owned('task', this.#heal())
      },
    )
  }

  /** The last change that has been told; undefined until it is known where to begin. */
  get told(): number | undefined {
    return this.#next === undefined ? undefined : this.#next - 1
  }

  /** Resolves when every change from then on will be told; rejects when the log cannot be read. */
  ready(): Promise<void> {
    this.#beginning ??= this.#beginOnceSettled().finally(() => {
      this.#beginning = undefined
    })
    return this.#beginning
  }

  /** Tells everything after that change, unless it began earlier. */
  startAfter(change: number): void {
    this.#next ??= change + 1
    this.#tellEarly()
    // Now what has not come, and once the news of the other nodes arrives what had not arrived until then.
    owned('task', this.#heal())
    const heal = () => this.#heal()
    owned('task', this.ready().then(heal, heal))
  }

  /** Begins where the log ends, as soon as that can be read. */
  start(): void {
    this.ready().catch(() => this.#healIn(RETRY_MS.first))
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  async #beginOnceSettled(): Promise<void> {
    await this.#options.bus.settled(conversationTopic(this.#options.conversationId))
    await this.#begin()
  }

  async #begin(): Promise<void> {
    const { log, conversationId } = this.#options
    if (this.#next !== undefined) return
    const last = await log.last(conversationId)
    this.#next ??= last + 1
    this.#tellEarly()
  }

  #receive(event: ConversationEvent): void {
    if (!('change' in event)) {
      this.#tell(event)
      return
    }
    if (event.change === this.#next) {
      this.#advance(event)
      if (this.#early.size > 0) this.#tellEarly()
      return
    }
    if (this.#next !== undefined && event.change < this.#next) return
    if (this.#early.size < MAX_EARLY) this.#early.set(event.change, event)
    this.#healIn(HOLE_MS)
  }

  #tellEarly(): void {
    for (;;) {
      const event = this.#next === undefined ? undefined : this.#early.get(this.#next)
      if (!event) break
      this.#advance(event)
    }
    for (const change of this.#early.keys()) {
      if (this.#next !== undefined && change < this.#next) this.#early.delete(change)
    }
    if (this.#early.size > 0) this.#healIn(HOLE_MS)
  }

  #advance(event: ConversationChange): void {
    this.#next = event.change + 1
    this.#early.delete(event.change)
    this.#tell(event)
  }

  #tell(event: ConversationEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }

  #healIn(ms: number): void {
    if (this.#timer || this.#isClosed) return
    this.#timer = runAfter(ms, () => {
      this.#timer = undefined
      return this.#heal()
    }).unref()
  }

  /** Tells what the log has and the bus has not brought. */
  async #heal(): Promise<void> {
    // News that comes while the log is read may be of what it did not have yet.
    this.#isOutdated = true
    if (this.#isHealing) return
    this.#isHealing = true
    try {
      while (this.#isOutdated && !this.#isClosed) {
        this.#isOutdated = false
        await this.#begin()
        await this.#catchUp()
      }
      this.#failures = 0
      this.#tellEarly()
    } catch {
      // The database is away, of which its port tells; the conversation goes on when it is back.
      this.#healIn(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.#failures++))
    } finally {
      this.#isHealing = false
    }
  }

  async #catchUp(): Promise<void> {
    const { log, conversationId, onHeal } = this.#options
    if (this.#next === undefined || (await log.last(conversationId)) < this.#next) return
    onHeal()
    for (;;) {
      const { events, upTo } = await log.since(conversationId, this.#next - 1)
      if (upTo < this.#next) break
      // Changes without an event are passed over, as those of deleted messages.
      for (const event of events) if (event.change >= this.#next) this.#advance(event)
      this.#next = Math.max(this.#next, upTo + 1)
    }
  }
}
