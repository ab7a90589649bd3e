import type { MessagePage } from '../protocol.ts'
import type { KnownEvent } from '../wire/frames.ts'
import { afterReply, type Held, heldAfter, heldFromEvent, heldFromPage, newerOf, tombstone } from './held.ts'
import { type Range, Ranges } from './ranges.ts'

/** Where a page is asked for: at most one of the three, without them the newest. */
export interface PageQuery {
  readonly before?: number
  readonly after?: number
  readonly around?: number
  readonly limit?: number
}

/**
 * The messages that are held of one conversation: islands of places without a hole. Pages and events merge into them in
 * any order, because of two copies the one with the higher version stays.
 */
export class Messages {
  readonly #me: () => string
  readonly #held = new Map<number, Held>()
  readonly #islands = new Ranges()
  /** Places whose messages may have changed unheard. */
  readonly #stale = new Ranges()
  /** The first place that there is, as far as is known, and the last. */
  first = 1
  head = 0

  constructor(me: () => string) {
    this.#me = me
  }

  get islands(): readonly Range[] {
    return this.#islands.all
  }

  get stale(): readonly Range[] {
    return this.#stale.all
  }

  get(seq: number): Held | undefined {
    return this.#held.get(seq)
  }

  get holes(): readonly Range[] {
    return this.#islands.gapsIn({ from: this.first, to: this.head })
  }

  merge(page: MessagePage, query: PageQuery): void {
    for (const message of page.items) {
      const held = heldFromPage(message, page.own[message.seq] ?? [])
      this.#held.set(message.seq, newerOf(this.#held.get(message.seq), held))
    }
    this.head = Math.max(this.head, page.head)
    const range = this.rangeOf(page, query)
    if (!page.hasBefore && query.after === undefined) this.first = Math.max(this.first, range.from)
    this.#islands.add(range)
    this.#stale.remove(range)
    // The page may be from before a purge.
    this.drop(this.first - 1)
  }

  /** The places that a page has told all of. */
  rangeOf(page: MessagePage, { before, after }: PageQuery): Range {
    const [first, last] = [page.items.at(0)?.seq, page.items.at(-1)?.seq]
    if (after !== undefined) return { from: after + 1, to: page.hasAfter && last ? last : page.head }
    const isUpToHead = !page.hasAfter && before === undefined
    const to = before !== undefined ? before - 1 : isUpToHead ? page.head : (last ?? page.head)
    return { from: first ?? to + 1, to }
  }

  /** Whether something changed. An event of a message that is not held says nothing: a page will have it. */
  apply(event: KnownEvent): boolean {
    switch (event.type) {
      case 'message.sent':
        return this.#sent(event)
      case 'message.edited': {
        const { seq } = event.data.message
        return this.#islands.has(seq) && this.#put(heldFromEvent(this.#held.get(seq), event))
      }
      case 'message.deleted':
        return this.#deleted(event)
      default: {
        const held = 'seq' in event.data && this.#held.get(event.data.seq)
        return !!held && this.#put(heldAfter(held, event, this.#me()))
      }
    }
  }

  /** After changes that nobody told: what is held stays, and is to be read again. */
  miss(head: number): void {
    this.head = Math.max(this.head, head)
    for (const island of this.#islands.all) this.#stale.add(island)
  }

  /** Marks the part of a range that is held as perhaps older than the log. */
  doubt(range: Range): void {
    this.#stale.add(range)
    for (const gap of this.#islands.gapsIn(range)) this.#stale.remove(gap)
  }

  clear(): void {
    this.#held.clear()
    this.#islands.clear()
    this.#stale.clear()
    this.first = 1
    this.head = 0
  }

  /** Lets go of the oldest beyond so many. */
  trim(most: number): void {
    if (this.#held.size <= most) return
    const seqs = [...this.#held.keys()].sort((a, b) => a - b)
    const kept = seqs[seqs.length - most] ?? 0
    this.drop(kept - 1)
  }

  /** Lets go of all up to and with that place. */
  drop(upTo: number): void {
    const range = { from: 0, to: upTo }
    this.#islands.remove(range)
    this.#stale.remove(range)
    for (const seq of this.#held.keys()) if (seq <= upTo) this.#held.delete(seq)
  }

  #put(held: Held): boolean {
    if (this.#held.get(held.seq) === held) return false
    this.#held.set(held.seq, held)
    return true
  }

  #sent(event: KnownEvent & { type: 'message.sent' }): boolean {
    const { seq, thread } = event.data.message
    this.head = Math.max(this.head, seq)
    this.#islands.add({ from: seq, to: seq })
    const root = thread === null ? undefined : this.#held.get(thread)
    const hasRoot = root !== undefined && this.#put(afterReply(root, event.change, seq))
    return this.#put(heldFromEvent(this.#held.get(seq), event)) || hasRoot
  }

  #deleted(event: KnownEvent & { type: 'message.deleted' }): boolean {
    const { seq } = event.data
    const held = this.#held.get(seq)
    this.#doubtRoots(seq, held)
    if (held) return this.#put(heldAfter(held, event, this.#me()))
    const isNew = seq > this.head
    this.head = Math.max(this.head, seq)
    // Deleted before it was told: its place is known, and that nothing is in it.
    this.#islands.add({ from: seq, to: seq })
    return this.#put(tombstone(event)) || isNew
  }

  /** The count of a thread's root falls with its reply, and its last reply may be another: it is read again. */
  #doubtRoots(seq: number, reply: Held | undefined): void {
    const thread = reply?.message?.thread
    if (thread === null) return
    for (const { seq: root, message } of this.#held.values()) {
      const mayBe = thread === undefined ? root < seq && (message?.lastReplySeq ?? 0) >= seq : root === thread
      if (mayBe) this.#stale.add({ from: root, to: root })
    }
  }
}
