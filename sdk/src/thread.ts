import type { Client } from './client.ts'
import { Live, type Observable } from './lib/live.ts'
import { type Runtime, systemRuntime } from './lib/runtime.ts'
import { isKnown } from './listeners.ts'
import type { Entry } from './outbox/entry.ts'
import type { OwnReactions } from './protocol.ts'
import { ParlanceError } from './rest/error.ts'
import { listThread } from './rest/operations.ts'
import { afterReply, type Held, heldAfter, heldFromEvent, heldFromPage, newerOf } from './store/held.ts'
import { changesOf, itemOf, type SaidItem, type TimelineItem } from './store/items.ts'
import { Refreshing } from './store/refreshing.ts'
import type { KnownEvent } from './wire/frames.ts'

/** The replies to one message, oldest first. */
export interface ThreadSnapshot {
  /** The message that they answer; undefined until it is loaded. */
  readonly root: SaidItem | undefined
  /** The replies, with those of one's own that are on their way. */
  readonly items: readonly Exclude<TimelineItem, { kind: 'hole' }>[]
  /** Whether the server has later replies that are not loaded: `loadMore` fetches them. */
  readonly hasMore: boolean
  /** Why it cannot be read, such as `not_found`; undefined while it can. */
  readonly failure: ParlanceError | undefined
}

interface ThreadOptions {
  readonly conversation: string
  /** The place of the message that the replies answer. */
  readonly seq: number
  /** The client's own where it was given one. */
  readonly runtime?: Runtime
}

const PAGE = 200
/** Replies that are loaded without being asked for. */
const MOST = 1_000
/** Events that are kept for pages that are on their way: with more, all is read again. */
const MOST_HELD_BACK = 1_000
const NOTHING: readonly Entry[] = []

/** One thread: a snapshot and a subscription. While somebody subscribes it loads, and keeps itself true. */
export class Thread implements Observable<ThreadSnapshot> {
  readonly #client: Client
  readonly #conversation: string
  readonly #seq: number
  readonly #live = new Live<ThreadSnapshot>(
    () => this.#snapshot(),
    (isWatched) => (isWatched ? this.#begin() : this.#end()),
  )
  readonly #refreshing: Refreshing
  #root: Held | undefined
  #replies = new Map<number, Held>()
  #hasMore = false
  #failure: ParlanceError | undefined
  #most = MOST
  /** Events that came while pages were on their way. */
  #held: KnownEvent[] = []
  /** Whether something has changed that no event tells. */
  #isOld = false
  #stops: readonly (() => void)[] = []

  constructor(client: Client, { conversation, seq, runtime = systemRuntime }: ThreadOptions) {
    this.#client = client
    this.#conversation = conversation
    this.#seq = seq
    this.#refreshing = new Refreshing(runtime, () => this.#read())
  }

  readonly get = (): ThreadSnapshot => this.#live.get()

  readonly subscribe = (listener: () => void): (() => void) => this.#live.subscribe(listener)

  /** The next replies, where there are very many. */
  loadMore(): void {
    this.#most += MOST
    this.#refreshing.begin()
  }

  #begin(): void {
    const { connection, outbox } = this.#client
    const settle = () => {
      if (connection.get().phase === 'live') this.#refreshing.begin()
    }
    this.#stops = [
      connection.subscribe(settle),
      outbox.list.subscribe(() => this.#live.changed()),
      this.#client.on('event', (event) => {
        if (isKnown(event) && 'change' in event && event.conversation === this.#conversation)
          this.#hear(event)
      }),
    ]
    settle()
  }

  #end(): void {
    for (const stop of this.#stops) stop()
  }

  #hear(event: KnownEvent): void {
    if (this.#held.length < MOST_HELD_BACK) this.#held.push(event)
    this.#apply(event)
    this.#live.changed()
  }

  #apply(event: KnownEvent): void {
    switch (event.type) {
      case 'message.sent':
        this.#sent(event)
        break
      case 'message.edited':
        this.#put(event.data.message.seq, (held) => heldFromEvent(held, event))
        break
      case 'message.deleted':
        this.#put(event.data.seq, (held) => heldAfter(held, event, this.#me))
        // How many replies the root has is told by no event.
        if (this.#replies.has(event.data.seq)) this.#doubt()
        break
      case 'history.purged':
        // Without its root a thread is read by nobody.
        if (event.data.upToSeq >= this.#seq) this.#doubt()
        break
      case 'message.reacted':
      case 'message.pinned':
      case 'message.unpinned':
        this.#put(event.data.seq, (held) => heldAfter(held, event, this.#me))
    }
  }

  #sent(event: KnownEvent & { type: 'message.sent' }): void {
    const { seq, thread } = event.data.message
    if (thread !== this.#seq) return
    if (this.#root) this.#root = afterReply(this.#root, event.change, seq)
    if (!this.#hasMore) this.#replies.set(seq, heldFromEvent(this.#replies.get(seq), event))
  }

  #doubt(): void {
    this.#isOld = true
    this.#refreshing.begin()
  }

  #put(seq: number, next: (held: Held) => Held): void {
    const held = this.#replies.get(seq)
    if (seq === this.#seq) this.#root &&= next(this.#root)
    else if (held) this.#replies.set(seq, next(held))
  }

  /** Reads all of it again, and answers whether it has to be read once more. */
  async #read(): Promise<boolean> {
    this.#held = []
    this.#isOld = false
    try {
      const replies = new Map<number, Held>()
      let after = 0
      do {
        const { root, items, own, hasAfter } = await this.#page(after)
        this.#root = newerOf(this.#root, heldOf(root, own))
        for (const item of items)
          replies.set(item.seq, newerOf(this.#replies.get(item.seq), heldOf(item, own)))
        this.#hasMore = hasAfter
        after = items.at(-1)?.seq ?? after
      } while (this.#hasMore && replies.size < this.#most)
      this.#replies = replies
      this.#failure = undefined
      const held = this.#held
      for (const event of held) this.#apply(event)
      return this.#isOld || held.length >= MOST_HELD_BACK
    } catch (error) {
      if (!(error instanceof ParlanceError) || error.retryable) throw error
      this.#failure = error
      return false
    } finally {
      this.#held = []
      this.#live.changed()
    }
  }

  #page(after: number) {
    const params = { c: this.#conversation, seq: this.#seq }
    return this.#client.rest.call(listThread, { params, query: { after, limit: PAGE } })
  }

  #snapshot(): ThreadSnapshot {
    const entries = this.#client.outbox.of(this.#conversation)
    const changes = changesOf(entries)
    const shown = (held: Held) => itemOf(held, changes.get(held.seq) ?? NOTHING, this.#me)
    const replies = [...this.#replies.values()].sort((a, b) => a.seq - b.seq).map(shown)
    const outgoing = entries.flatMap((entry) => {
      const { draft, clientId: key, seq } = entry
      if (draft.kind !== 'send' || draft.thread !== this.#seq) return []
      if (seq !== undefined && this.#replies.has(seq)) return []
      return [{ kind: 'outgoing' as const, key, entry, body: draft.body }]
    })
    return {
      root: this.#root && shown(this.#root),
      items: [...replies, ...outgoing],
      hasMore: this.#hasMore,
      failure: this.#failure,
    }
  }

  get #me(): string {
    return this.#client.account.get()?.id ?? ''
  }
}

const heldOf = (message: Parameters<typeof heldFromPage>[0], own: OwnReactions): Held =>
  heldFromPage(message, own[message.seq] ?? [])
