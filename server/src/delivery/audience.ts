import type { Unsubscribe } from '../bus/bus.ts'
import type { AccountId, ConversationEvent, ConversationId } from '../core/chat.ts'
import type { Feeds } from './feeds.ts'
import { Batch, type Frame } from './frame.ts'
import type { Sink } from './sink.ts'

/** One event in a dialect's bytes; undefined when the dialect has no word for it. */
export type Render = (event: ConversationEvent) => Frame | undefined

interface Joining {
  readonly accountId: AccountId | undefined
  readonly held: ConversationEvent[]
  isDeaf: boolean
}

/** The sinks of one conversation in one dialect. An event is rendered once, however many listen. */
class Audience {
  readonly #render: Render
  readonly #sinks = new Map<Sink, AccountId | undefined>()
  // Those who are reading the log: what arrives meanwhile waits for the cutover.
  readonly #joining = new Map<Sink, Joining>()
  // Those whose account has left, of which their dialect may not have heard yet.
  readonly #deaf = new Map<Sink, AccountId | undefined>()
  #batch: Batch | undefined

  constructor(render: Render) {
    this.#render = render
  }

  get isEmpty(): boolean {
    return this.#sinks.size === 0 && this.#joining.size === 0 && this.#deaf.size === 0
  }

  add(sink: Sink, accountId: AccountId | undefined): void {
    this.#joining.delete(sink)
    if (this.#deaf.has(sink)) return
    this.#sinks.set(sink, accountId)
    // Who comes now must not get what the open batch already holds.
    this.#batch = undefined
  }

  remove(sink: Sink): void {
    this.#joining.delete(sink)
    this.#deaf.delete(sink)
    if (this.#sinks.delete(sink)) this.#batch = undefined
  }

  /** A sink that was here already starts anew: until its join ends it is told nothing. */
  beginJoin(sink: Sink, accountId: AccountId | undefined): void {
    const isDeaf = this.#deaf.has(sink)
    this.remove(sink)
    this.#joining.set(sink, { accountId, held: [], isDeaf })
  }

  /** Ends a join: delivers what was read for it, then what came while the log was read and is not in it. */
  endJoin(sink: Sink, lastSeq: number, before: readonly ConversationEvent[] = []): void {
    const joining = this.#joining.get(sink)
    if (!joining) return
    const { accountId, held } = joining
    for (const event of [...before, ...held]) {
      if (hasJoined(event, accountId)) joining.isDeaf = false
      if (hasLeft(event, accountId)) joining.isDeaf = true
      if (joining.isDeaf || (event.type === 'message.sent' && event.message.seq <= lastSeq)) continue
      const frame = this.#render(event)
      if (frame) sink.push(batchOf(frame))
    }
    if (joining.isDeaf) this.#deaf.set(sink, accountId)
    this.add(sink, accountId)
  }

  /** Who has left is told nothing from there on, and who has joined again is told all from there on. */
  deliver(event: ConversationEvent): void {
    for (const { held } of this.#joining.values()) held.push(event)
    if (event.type === 'member.joined') this.#move(event.member.accountId, this.#deaf, this.#sinks)
    if (event.type === 'member.left') this.#move(event.accountId, this.#sinks, this.#deaf)
    if (this.#sinks.size === 0) return
    const frame = this.#render(event)
    if (!frame) return
    if (this.#batch && !this.#batch.isSealed) {
      this.#batch.add(frame)
      return
    }
    this.#batch = batchOf(frame)
    for (const sink of this.#sinks.keys()) sink.push(this.#batch)
  }

  #move(accountId: AccountId, from: Map<Sink, AccountId | undefined>, to: typeof from): void {
    for (const [sink, owner] of from) {
      if (owner !== accountId) continue
      from.delete(sink)
      to.set(sink, owner)
      this.#batch = undefined
    }
  }
}

const hasJoined = (event: ConversationEvent, accountId: AccountId | undefined): boolean =>
  event.type === 'member.joined' && event.member.accountId === accountId

const hasLeft = (event: ConversationEvent, accountId: AccountId | undefined): boolean =>
  event.type === 'member.left' && event.accountId === accountId

function batchOf(frame: Frame): Batch {
  const batch = new Batch()
  batch.add(frame)
  return batch
}

export interface JoinOptions {
  /** Of a sink that is a member's: it hears nothing that comes after the account has left. */
  readonly accountId?: AccountId | undefined
  /** The change after which it hears; from now on when absent. */
  readonly after?: number | undefined
}

/** A dialect's audiences, by conversation. One follows its conversation while somebody local listens. */
export class Audiences {
  readonly #feeds: Feeds
  readonly #render: Render
  readonly #audiences = new Map<ConversationId, { audience: Audience; unsubscribe: Unsubscribe }>()
  readonly #joined = new Map<Sink, Set<ConversationId>>()

  constructor(feeds: Feeds, render: Render) {
    this.#feeds = feeds
    this.#render = render
  }

  /** Await it before `join`, so that the sink misses nothing of other nodes either. Rejects 'unavailable'. */
  ready(conversationId: ConversationId): Promise<void> {
    return this.#feeds.ready(conversationId)
  }

  /**
   * From now on, or after that change, the sink receives the conversation's events. Joining twice is joining
   * once.
   */
  join(conversationId: ConversationId, sink: Sink, { accountId, after }: JoinOptions = {}): void {
    const missed = after === undefined ? undefined : this.#feeds.toldSince(conversationId, after)
    const audience = this.#open(conversationId, sink, after)
    if (!missed) {
      audience.add(sink, accountId)
      return
    }
    audience.beginJoin(sink, accountId)
    missed.then(
      (events) => audience.endJoin(sink, 0, events),
      // The database is away: the sink hears what comes from now on.
      () => audience.endJoin(sink, 0),
    )
  }

  /**
   * Reads the log and joins without hole or repeat: what is sent while `read` runs follows it, unless
   * `read` already answered it. If `read` fails the sink stays where it was, and misses nothing either.
   */
  async joinAfter<T extends { readonly lastSeq: number }>(
    conversationId: ConversationId,
    sink: Sink,
    { accountId, read }: Pick<JoinOptions, 'accountId'> & { readonly read: () => Promise<T> },
  ): Promise<{ result: T; begin: () => void }> {
    const wasHere = this.has(conversationId, sink)
    const audience = this.#open(conversationId, sink)
    audience.beginJoin(sink, accountId)
    try {
      await this.ready(conversationId)
      const result = await read()
      // The caller answers first, then begins.
      return { result, begin: () => audience.endJoin(sink, result.lastSeq) }
    } catch (error) {
      if (wasHere) audience.endJoin(sink, 0)
      else this.leave(conversationId, sink)
      throw error
    }
  }

  leave(conversationId: ConversationId, sink: Sink): void {
    const joined = this.#joined.get(sink)
    joined?.delete(conversationId)
    if (joined?.size === 0) this.#joined.delete(sink)
    const open = this.#audiences.get(conversationId)
    if (!open) return
    open.audience.remove(sink)
    if (!open.audience.isEmpty) return
    open.unsubscribe()
    this.#audiences.delete(conversationId)
  }

  leaveAll(sink: Sink): void {
    for (const conversationId of this.joinedBy(sink)) this.leave(conversationId, sink)
  }

  has(conversationId: ConversationId, sink: Sink): boolean {
    return this.#joined.get(sink)?.has(conversationId) ?? false
  }

  /** A copy: leaving meanwhile does no harm. */
  joinedBy(sink: Sink): readonly ConversationId[] {
    return [...(this.#joined.get(sink) ?? [])]
  }

  #open(conversationId: ConversationId, sink: Sink, after?: number): Audience {
    const joined = this.#joined.get(sink) ?? new Set()
    this.#joined.set(sink, joined.add(conversationId))
    const known = this.#audiences.get(conversationId)
    if (known) return known.audience
    const audience = new Audience(this.#render)
    const unsubscribe = this.#feeds.follow(conversationId, (event) => audience.deliver(event), after)
    this.#audiences.set(conversationId, { audience, unsubscribe })
    return audience
  }
}
