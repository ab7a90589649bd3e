import { Live, type Observable } from '../lib/live.ts'
import type { Runtime } from '../lib/runtime.ts'
import type { Draft, Entry } from '../outbox/entry.ts'
import type { MessagePage } from '../protocol.ts'
import type { KnownEvent } from '../wire/frames.ts'
import { type TimelineItem, TimelineItems } from './items.ts'
import { Messages, type PageQuery } from './messages.ts'
import { Refreshing } from './refreshing.ts'

/** A conversation's messages as they are to be shown, oldest first. */
export interface TimelineSnapshot {
  readonly items: readonly TimelineItem[]
  /** Whether the oldest message is among them. */
  readonly isWhole: boolean
  /** Whether something of it may have changed unheard; it is being read again. */
  readonly isStale: boolean
}

export interface TimelineParts {
  readonly me: () => string
  readonly runtime: Pick<Runtime, 'after' | 'random'>
  load(query: PageQuery): Promise<MessagePage>
  /** Entries that wait to be sent here. */
  entries(): readonly Entry[]
}

const PAGE = 50
/** Messages that are kept of a timeline that nobody looks at, and of one that somebody does. */
const KEPT = { unwatched: 200, watched: 20_000 } as const
/** Events that are kept for a page that is on its way. */
const MOST_HELD_BACK = 1_000

/**
 * The messages of one conversation: a snapshot and a subscription. Where something between is not loaded it has a
 * hole, which `fill` fills. While somebody subscribes it keeps itself true, and loads the newest page by itself.
 */
export class Timeline implements Observable<TimelineSnapshot> {
  readonly #parts: TimelineParts
  readonly #messages: Messages
  readonly #items: TimelineItems
  readonly #live: Live<TimelineSnapshot>
  readonly #refreshing: Refreshing
  /** For each page on its way, what came after it was asked for; undefined when it has missed something. */
  readonly #loading = new Set<{ events: KnownEvent[] | undefined }>()

  constructor(parts: TimelineParts) {
    this.#parts = parts
    this.#messages = new Messages(parts.me)
    this.#items = new TimelineItems(this.#messages, parts.me, (query) => this.load(query))
    this.#live = new Live(
      () => this.#snapshot(),
      (isWatched) => isWatched && this.#open(),
    )
    this.#refreshing = new Refreshing(parts.runtime, () => this.#refreshOnce())
  }

  readonly get = (): TimelineSnapshot => this.#live.get()

  readonly subscribe = (listener: () => void): (() => void) => this.#live.subscribe(listener)

  /** The newest page. Throws a `ParlanceError`, as all that load do. */
  loadNewest(limit = PAGE): Promise<void> {
    return this.load({ limit })
  }

  /** The page before the oldest that follow the last without a hole. */
  loadOlder(limit = PAGE): Promise<void> {
    const newest = this.#messages.islands.at(-1)
    if (!newest) return this.loadNewest(limit)
    if (newest.from <= this.#messages.first) return Promise.resolve()
    return this.load({ before: newest.from, limit })
  }

  /** A page with that message in its middle, which may be an island of its own. */
  loadAround(seq: number, limit = PAGE): Promise<void> {
    return this.load({ around: seq, limit })
  }

  /** Any page. Events that come meanwhile are merged into it. */
  async load(query: PageQuery): Promise<void> {
    const waiting: { events: KnownEvent[] | undefined } = { events: [] }
    this.#loading.add(waiting)
    try {
      const page = await this.#parts.load(query)
      this.#messages.merge(page, query)
      for (const event of waiting.events ?? []) this.#messages.apply(event)
      if (!waiting.events) this.#messages.doubt(this.#messages.rangeOf(page, query))
    } finally {
      this.#loading.delete(waiting)
    }
    this.changed()
    this.refresh()
  }

  /** The store's word: an event of this conversation. */
  apply(event: KnownEvent): void {
    for (const waiting of this.#loading) {
      waiting.events?.push(event)
      if (waiting.events && waiting.events.length > MOST_HELD_BACK) waiting.events = undefined
    }
    if (!this.#messages.apply(event)) return
    this.#messages.trim(this.#live.isWatched ? KEPT.watched : KEPT.unwatched)
    this.changed()
    if (this.#messages.stale.length > 0) this.refresh()
  }

  /** The store's word: changes went by that nobody told. */
  miss(head: number): void {
    for (const waiting of this.#loading) waiting.events = undefined
    this.#messages.miss(head)
    this.changed()
    this.refresh()
  }

  /** The store's word: where the conversation begins and ends. */
  bound({ first, head }: { readonly first: number; readonly head: number }): void {
    const messages = this.#messages
    if (first <= messages.first && head <= messages.head) return
    messages.first = Math.max(messages.first, first)
    messages.head = Math.max(messages.head, head)
    messages.drop(messages.first - 1)
    this.changed()
  }

  /**
   * The store's word: this is another database, or the conversation is there no more. Nothing is read before it is known to be
   * the account's: it would be refused.
   */
  clear(): void {
    for (const waiting of this.#loading) waiting.events = undefined
    this.#messages.clear()
    this.changed()
  }

  /** Reads again what may have changed, and the newest page where it is missing, while somebody looks. */
  refresh(): void {
    if (this.#live.isWatched && (this.#messages.stale.length > 0 || this.#lacksNewest))
      this.#refreshing.begin()
  }

  /** Whether nothing is held that a change would still change. */
  hasDone(draft: Draft): boolean {
    const held = draft.kind === 'send' ? undefined : this.#messages.get(draft.seq)
    if (!held || held.deletedAt !== null) return true
    return draft.kind === 'react' && held.own.includes(draft.key) === draft.added
  }

  changed(): void {
    this.#live.changed()
  }

  get #lacksNewest(): boolean {
    const { islands, head } = this.#messages
    return (islands.at(-1)?.to ?? -1) < head
  }

  #open(): void {
    if (this.#messages.islands.length === 0) this.#refreshing.begin()
    else this.refresh()
  }

  /** One page of what is to be read; whether there is more. */
  async #refreshOnce(): Promise<boolean> {
    if (!this.#live.isWatched) return false
    const messages = this.#messages
    const stale = messages.stale.at(-1)
    if (!stale) {
      if (!this.#lacksNewest) return false
      await this.loadNewest()
      return this.#messages.stale.length > 0
    }
    const from = Math.max(stale.from, stale.to - 199)
    await this.load({ after: from - 1, limit: stale.to - from + 1 })
    return true
  }

  #snapshot(): TimelineSnapshot {
    const { first, islands, stale } = this.#messages
    return {
      items: this.#items.list(this.#parts.entries()),
      isWhole: this.#messages.head < first || (islands[0]?.from ?? Number.POSITIVE_INFINITY) <= first,
      isStale: stale.length > 0,
    }
  }
}
