import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type ChangeLog,
  type ConversationChange,
  type ConversationEvent,
  type ConversationId,
  conversationTopic,
} from '../core/chat.ts'

export type FeedListener = (event: ConversationEvent) => void

export interface FeedOptions {
  readonly bus: Bus
  readonly log: ChangeLog
  readonly conversationId: ConversationId
  /** The last change that listeners know of; undefined: the last one there is. */
  readonly after: number | undefined
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
  /** Resolves when every change from then on will be told; rejects when the log cannot be read. */
  readonly ready: Promise<void>
  readonly #options: FeedOptions
  readonly #unsubscribe: Unsubscribe
  readonly #early = new Map<number, ConversationChange>()
  /** The change to be told next; undefined until it is known where to begin. */
  #next: number | undefined
  #timer: NodeJS.Timeout | undefined
  #isHealing = false
  #isOutdated = false
  #failures = 0
  #isClosed = false

  constructor(options: FeedOptions) {
    this.#options = options
    if (options.after !== undefined) this.#next = options.after + 1
    const topic = conversationTopic(options.conversationId)
    this.#unsubscribe = options.bus.subscribe(
      topic,
      (event) => this.#hear(event),
      (why) => {
        if (why !== 'begun' || options.after !== undefined) void this.#heal()
      },
    )
    this.ready = options.bus.settled(topic).then(() => this.#begin())
    // Who waits for it is told; who only follows hears later, from where it was found out to begin.
    this.ready.catch(() => this.#healIn(RETRY_MS.first))
  }

  /** The last change that has been told; undefined until it is known where to begin. */
  get told(): number | undefined {
    return this.#next === undefined ? undefined : this.#next - 1
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  async #begin(): Promise<void> {
    const { log, conversationId } = this.#options
    if (this.#next !== undefined) return
    const last = await log.last(conversationId)
    this.#next ??= last + 1
    this.#tellEarly()
  }

  #hear(event: ConversationEvent): void {
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
    if (this.#next !== undefined) this.#healIn(HOLE_MS)
  }

  #tellEarly(): void {
    while (this.#next !== undefined && this.#early.size > 0) {
      const event = this.#early.get(this.#next)
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
    for (const listener of this.listeners) listener(event)
  }

  #healIn(ms: number): void {
    if (this.#timer || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#heal()
    }, ms).unref()
  }

  /** Tells what the log has and the bus has not brought. */
  async #heal(): Promise<void> {
    if (this.#isClosed) return
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
    const { log, conversationId } = this.#options
    if (this.#next === undefined || (await log.last(conversationId)) < this.#next) return
    for (;;) {
      const { events, upTo } = await log.since(conversationId, this.#next - 1)
      if (upTo < this.#next) break
      for (const event of events) if (event.change >= this.#next) this.#jump(event)
      this.#next = Math.max(this.#next, upTo + 1)
    }
  }

  /** Past changes that are not told any more. */
  #jump(event: ConversationChange): void {
    this.#next = event.change
    this.#advance(event)
  }
}
