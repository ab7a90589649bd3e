import type { Unsubscribe } from '../bus/bus.ts'
import type { AccountId, ConversationId } from '../core/chat.ts'
import { Audience, type Hold, type OnTold, type Render } from './audience.ts'
import type { Feeds } from './feeds.ts'
import type { Sink } from './sink.ts'

interface JoinOptions {
  /** The member behind the sink, which hears nothing after that account has left. */
  readonly accountId?: AccountId | undefined
  /** The change after which it hears; from now on when absent. */
  readonly after?: number | undefined
}

const FROM_HERE = { lastChange: 0 } as const

/** A dialect's audiences, by conversation. One follows its conversation while somebody local listens. */
export class Audiences {
  readonly #feeds: Feeds
  readonly #render: Render
  readonly #onTold: OnTold | undefined
  readonly #audiences = new Map<ConversationId, { audience: Audience; unsubscribe: Unsubscribe }>()
  // Lists: most have joined one, and a set of one takes 170 bytes more.
  readonly #joined = new Map<Sink, ConversationId[]>()

  constructor(feeds: Feeds, render: Render, onTold?: OnTold) {
    this.#feeds = feeds
    this.#render = render
    this.#onTold = onTold
  }

  /** Await it before `join`, so that the sink misses nothing of other nodes either. Rejects 'unavailable'. */
  ready(conversationId: ConversationId): Promise<void> {
    return this.#feeds.ready(conversationId)
  }

  /** As `ready`, for all of them; undefined where there is nothing to wait for. */
  allReady(conversationIds: readonly ConversationId[]): Promise<void> | undefined {
    return this.#feeds.allReady(conversationIds)
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
    const joining = audience.beginJoin(sink, accountId)
    missed.then(
      (before) => audience.endJoin(sink, joining, { lastChange: 0, before }),
      // The database is away: the sink hears what comes from now on.
      () => audience.endJoin(sink, joining, FROM_HERE),
    )
  }

  /**
   * Joins, and has all that comes wait until the caller releases it, with the last change that it has read meanwhile: what
   * follows that change is told. Await `ready` before the reading.
   */
  hold(conversationId: ConversationId, sink: Sink, accountId: AccountId): Hold {
    return this.#open(conversationId, sink).beginJoin(sink, accountId)
  }

  /**
   * Reads the log and joins without hole or repeat: changes after the `lastChange` that `read` answers follow it. If
   * `read` fails the sink stays where it was, and misses nothing either.
   */
  async joinAfter<T extends { readonly lastChange: number }>(
    conversationId: ConversationId,
    sink: Sink,
    { accountId, read }: Pick<JoinOptions, 'accountId'> & { readonly read: () => Promise<T> },
  ): Promise<{ result: T; begin: () => void }> {
    const wasHere = this.has(conversationId, sink)
    const audience = this.#open(conversationId, sink)
    const joining = audience.beginJoin(sink, accountId)
    try {
      await this.ready(conversationId)
      const result = await read()
      // The caller answers first, then begins.
      return { result, begin: () => audience.endJoin(sink, joining, { lastChange: result.lastChange }) }
    } catch (error) {
      if (wasHere) audience.endJoin(sink, joining, FROM_HERE)
      else this.leave(conversationId, sink)
      throw error
    }
  }

  leave(conversationId: ConversationId, sink: Sink): void {
    const joined = this.#joined.get(sink) ?? []
    const at = joined.indexOf(conversationId)
    if (at >= 0) joined.splice(at, 1)
    if (joined.length === 0) this.#joined.delete(sink)
    this.#remove(conversationId, sink)
  }

  leaveAll(sink: Sink): void {
    const joined = this.joinedBy(sink)
    this.#joined.delete(sink)
    for (const conversationId of joined) this.#remove(conversationId, sink)
  }

  has(conversationId: ConversationId, sink: Sink): boolean {
    return this.#audiences.get(conversationId)?.audience.has(sink) ?? false
  }

  /** The account as whose the sink hears the conversation; undefined also when it does not. */
  accountOf(conversationId: ConversationId, sink: Sink): AccountId | undefined {
    return this.#audiences.get(conversationId)?.audience.accountOf(sink)
  }

  /** The conversations that the sink is in, as that account if one is given. A copy: leaving meanwhile does no harm. */
  joinedBy(sink: Sink, accountId?: AccountId): readonly ConversationId[] {
    const joined = this.#joined.get(sink) ?? []
    return joined.filter((id) => accountId === undefined || this.accountOf(id, sink) === accountId)
  }

  #remove(conversationId: ConversationId, sink: Sink): void {
    const open = this.#audiences.get(conversationId)
    if (!open) return
    open.audience.remove(sink)
    if (!open.audience.isEmpty) return
    open.unsubscribe()
    this.#audiences.delete(conversationId)
  }

  /** The caller adds the sink to it. */
  #open(conversationId: ConversationId, sink: Sink, after?: number): Audience {
    if (!this.has(conversationId, sink)) {
      const joined = this.#joined.get(sink)
      if (joined) joined.push(conversationId)
      else this.#joined.set(sink, [conversationId])
    }
    const known = this.#audiences.get(conversationId)
    if (known) return known.audience
    const audience = new Audience(this.#render, this.#onTold)
    const unsubscribe = this.#feeds.follow(conversationId, (event) => audience.deliver(event), after)
    this.#audiences.set(conversationId, { audience, unsubscribe })
    return audience
  }
}
