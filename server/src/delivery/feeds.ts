import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountId,
  accountTopic,
  type Chat,
  type ConversationEvent,
  type ConversationId,
  conversationTopic,
} from '../core/chat.ts'
import { AccountFeeds, type AccountNews } from './account-feeds.ts'
import { Feed, type FeedListener } from './feed.ts'

/** What happens in conversations, each one's events in their one order and without a hole; and to accounts. */
export interface Feeds {
  /**
   * From now on the listener hears what happens there. With `after`, everything after that change: for who
   * has just read so far. The listener must not throw.
   */
  follow(conversationId: ConversationId, listener: FeedListener, after?: number): Unsubscribe
  /**
   * Resolves once whoever follows within a second misses nothing that any node commits from here on. Rejects
   * 'unavailable'.
   */
  ready(conversationId: ConversationId): Promise<void>
  /** What came after that change and has been told already; undefined when a listener that follows now hears it. */
  toldSince(conversationId: ConversationId, after: number): Promise<readonly ConversationEvent[]> | undefined
  /** From now on the listener hears what happens to the account, on whichever node. It must not throw. */
  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe
}

export const openFeeds = (bus: Bus, chat: Chat): Feeds =>
  bus.isShared ? new HealedFeeds(bus, chat) : new DirectFeeds(bus)

/** One node: what it commits it publishes, in order. */
export class DirectFeeds implements Feeds {
  readonly #bus: Bus

  constructor(bus: Bus) {
    this.#bus = bus
  }

  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    return this.#bus.subscribe(accountTopic(accountId), listener)
  }

  follow(conversationId: ConversationId, listener: FeedListener): Unsubscribe {
    return this.#bus.subscribe(conversationTopic(conversationId), listener)
  }

  async ready(): Promise<void> {}

  /** Who is told that it has joined is told so before all that follows. */
  toldSince(): undefined {
    return undefined
  }
}

/** So much longer a conversation is listened to that nobody follows any more, or not yet. */
const LINGER_MS = 2_000

/** Several nodes: what comes out of order waits, and what does not come is read from the log. */
class HealedFeeds implements Feeds {
  readonly #bus: Bus
  readonly #chat: Chat
  readonly #accounts: AccountFeeds
  readonly #open = new Map<ConversationId, Feed>()

  constructor(bus: Bus, chat: Chat) {
    this.#bus = bus
    this.#chat = chat
    this.#accounts = new AccountFeeds(bus, chat)
  }

  followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    return this.#accounts.follow(accountId, listener)
  }

  follow(conversationId: ConversationId, listener: FeedListener, after?: number): Unsubscribe {
    const feed = this.#feedOf(conversationId, after)
    feed.listeners.add(listener)
    return () => {
      if (feed.listeners.delete(listener)) this.#closeLater(conversationId, feed)
    }
  }

  ready(conversationId: ConversationId): Promise<void> {
    const feed = this.#feedOf(conversationId)
    this.#closeLater(conversationId, feed)
    return feed.ready
  }

  toldSince(
    conversationId: ConversationId,
    after: number,
  ): Promise<readonly ConversationEvent[]> | undefined {
    const told = this.#open.get(conversationId)?.told
    if (told === undefined || told <= after) return undefined
    return this.#chat.changes
      .since(conversationId, after)
      .then(({ events }) => events.filter(({ change }) => change <= told))
  }

  #feedOf(conversationId: ConversationId, after?: number): Feed {
    const known = this.#open.get(conversationId)
    if (known) return known
    const feed = new Feed({ bus: this.#bus, log: this.#chat.changes, conversationId, after })
    this.#open.set(conversationId, feed)
    return feed
  }

  #closeLater(conversationId: ConversationId, feed: Feed): void {
    if (feed.listeners.size > 0) return
    setTimeout(() => {
      if (feed.listeners.size > 0 || this.#open.get(conversationId) !== feed) return
      this.#open.delete(conversationId)
      feed.close()
    }, LINGER_MS).unref()
  }
}
