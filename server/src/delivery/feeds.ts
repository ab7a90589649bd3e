import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountId,
  accountTopic,
  type Chat,
  type ConversationChange,
  type ConversationEvent,
  type ConversationId,
  conversationTopic,
} from '../core/chat.ts'
import { runAfter } from '../lib/timers.ts'
import { AccountFeeds, type AccountNews } from './account-feeds.ts'
import { checkingOrder } from './change-order.ts'
import { Feed, type FeedListener } from './feed.ts'
import { SignalFeeds } from './signal-feeds.ts'
import { TypingFeeds, type TypingListener } from './typing-feeds.ts'

/** The events of conversations, each one's in their one order and without a hole; and those of accounts. */
export interface Feeds {
  /** How often a conversation was read from the log because its news was late or lost. None on a single node. */
  readonly heals: number
  /** Presence and receipts. */
  readonly signals: SignalFeeds
  /**
   * From now on the listener is told the conversation's events. With `after`, all events after that change: for a
   * caller that has just read so far. The listener must not throw.
   */
  follow(conversationId: ConversationId, listener: FeedListener, after?: number): Unsubscribe
  /**
   * Resolves once a caller that follows within a second misses nothing that any node commits from here on.
   * Rejects 'unavailable'.
   */
  ready(conversationId: ConversationId): Promise<void>
  /** As `ready`, for all of them; undefined where there is nothing to wait for. */
  allReady(conversationIds: readonly ConversationId[]): Promise<void> | undefined
  /** Events after that change that are already told; undefined when a listener that follows now is told them. */
  toldSince(conversationId: ConversationId, after: number): Promise<readonly ConversationEvent[]> | undefined
  /** From now on the listener is told the account's events, of all nodes. It must not throw. */
  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe
  /** Resolves once followers of the account miss no event of it from here on. */
  accountReady(accountId: AccountId): Promise<void>
  /**
   * Tells first who types there already, as far as this node knows, then beginnings and ends; nothing of those who have
   * blocked the viewer. The listener must not throw.
   */
  followTyping(conversationId: ConversationId, viewerId: AccountId, listener: TypingListener): Unsubscribe
}

interface FeedsOptions {
  readonly bus: Bus
  readonly chat: Pick<Chat, 'accounts' | 'conversations' | 'changes' | 'sessions'>
  /** A listener has thrown. */
  readonly onError: (error: unknown) => void
  /** Where given, each listener's changes are checked: on a single node a gap or a step back is a defect of ours. */
  readonly onDisorder?: ((disorder: Error) => void) | undefined
}

export const openFeeds = (options: FeedsOptions): Feeds =>
  options.bus.isShared ? new HealedFeeds(options) : new DirectFeeds(options)

/** One node publishes all that it commits, in order. */
export class DirectFeeds implements Feeds {
  readonly heals = 0
  readonly signals: SignalFeeds
  readonly #bus: Bus
  readonly #onDisorder: FeedsOptions['onDisorder']
  readonly #typing: TypingFeeds

  constructor(options: Pick<FeedsOptions, 'bus' | 'onError' | 'onDisorder'>) {
    this.signals = new SignalFeeds(options.bus)
    this.#bus = options.bus
    this.#onDisorder = options.onDisorder
    this.#typing = new TypingFeeds(options)
  }

  followTyping(conversationId: ConversationId, viewerId: AccountId, listener: TypingListener): Unsubscribe {
    return this.#typing.follow(conversationId, viewerId, listener)
  }

  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    return this.#bus.subscribe(accountTopic(accountId), listener)
  }

  follow(conversationId: ConversationId, listener: FeedListener): Unsubscribe {
    const onDisorder = this.#onDisorder
    const told = onDisorder ? checkingOrder(listener, onDisorder) : listener
    return this.#bus.subscribe(conversationTopic(conversationId), told)
  }

  async accountReady(): Promise<void> {}

  async ready(): Promise<void> {}

  allReady(): undefined {
    return undefined
  }

  /** Undefined: on one node an account is told of its joining before all later events. */
  toldSince(): undefined {
    return undefined
  }
}

/** How long a conversation is listened to after its last follower, or before its first. */
export const LINGER_MS = 2_000

interface Open {
  readonly feed: Feed
  /** The number of callers that wait for it to be ready, to follow then. */
  waiting: number
  closing: NodeJS.Timeout | undefined
}

/** Several nodes: events that come out of order wait, and missing ones are read from the log. */
class HealedFeeds implements Feeds {
  heals = 0
  readonly signals: SignalFeeds
  readonly #options: FeedsOptions
  readonly #accounts: AccountFeeds
  readonly #typing: TypingFeeds
  readonly #open = new Map<ConversationId, Open>()

  constructor(options: FeedsOptions) {
    this.signals = new SignalFeeds(options.bus)
    this.#options = options
    this.#accounts = new AccountFeeds(options)
    this.#typing = new TypingFeeds(options)
  }

  followTyping(conversationId: ConversationId, viewerId: AccountId, listener: TypingListener): Unsubscribe {
    return this.#typing.follow(conversationId, viewerId, listener)
  }

  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    return this.#accounts.follow(accountId, listener)
  }

  accountReady(accountId: AccountId): Promise<void> {
    return this.#options.bus.settled(accountTopic(accountId))
  }

  follow(conversationId: ConversationId, listener: FeedListener, after?: number): Unsubscribe {
    const { feed } = this.#feedOf(conversationId)
    feed.listeners.add(listener)
    if (after === undefined) feed.start()
    else if (feed.told === undefined) feed.startAfter(after)
    return () => {
      if (feed.listeners.delete(listener)) this.#closeLater(conversationId)
    }
  }

  async ready(conversationId: ConversationId): Promise<void> {
    const open = this.#feedOf(conversationId)
    open.waiting++
    try {
      await open.feed.ready()
    } finally {
      open.waiting--
      this.#closeLater(conversationId)
    }
  }

  async allReady(conversationIds: readonly ConversationId[]): Promise<void> {
    await Promise.all(conversationIds.map((conversationId) => this.ready(conversationId)))
  }

  toldSince(
    conversationId: ConversationId,
    after: number,
  ): Promise<readonly ConversationEvent[]> | undefined {
    const told = this.#open.get(conversationId)?.feed.told
    return told === undefined || told <= after ? undefined : this.#read(conversationId, after, told)
  }

  async #read(
    conversationId: ConversationId,
    after: number,
    told: number,
  ): Promise<readonly ConversationEvent[]> {
    const read: ConversationChange[] = []
    for (let known = after; known < told; ) {
      const { events, upTo } = await this.#options.chat.changes.since(conversationId, known)
      if (upTo === known) break
      read.push(...events)
      known = upTo
    }
    return read.filter(({ change }) => change <= told)
  }

  #feedOf(conversationId: ConversationId): Open {
    const known = this.#open.get(conversationId)
    clearTimeout(known?.closing)
    if (known) return known
    const { bus, chat, onError } = this.#options
    const onHeal = () => {
      this.heals++
    }
    const feed = new Feed({ bus, log: chat.changes, onError, onHeal, conversationId })
    const open: Open = { feed, waiting: 0, closing: undefined }
    this.#open.set(conversationId, open)
    return open
  }

  #closeLater(conversationId: ConversationId): void {
    const open = this.#open.get(conversationId)
    if (!open) return
    clearTimeout(open.closing)
    open.closing = runAfter(LINGER_MS, () => {
      if (open.feed.listeners.size > 0 || open.waiting > 0) return
      this.#open.delete(conversationId)
      open.feed.close()
    }).unref()
  }
}
