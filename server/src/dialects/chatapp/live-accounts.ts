import type { AccountId, ConversationId } from '../../core/chat.ts'
import type { AccountNews, AccountReview, Feeds, Frame, Sink } from '../../delivery/index.ts'
import { RefCounted } from '../../lib/ref-counted.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { renderStatus } from './events.ts'

/** A connection, as its account's news reaches it. */
export interface LiveConnection {
  readonly sink: Sink
  /** It is a member there, and hears from now on what happens. */
  join(conversationId: ConversationId): Promise<void>
  /** It has become a member, by that change. */
  joined(conversationId: ConversationId, change: number): void
  left(conversationId: ConversationId): void
  /** Credentials from before `since` are void. */
  revoked(since: number): void
  /** What of the above was missed can be told from this. */
  reviewed(review: AccountReview): void
}

/** The accounts that are connected to this node. What happens to one happens to all of its connections. */
export class LiveAccounts {
  readonly #feeds: Feeds
  readonly #accounts: RefCounted<AccountId, LiveConnection>

  constructor(feeds: Feeds) {
    this.#feeds = feeds
    this.#accounts = new RefCounted((accountId) => {
      const members = new Set<LiveConnection>()
      return { members, close: feeds.followAccount(accountId, (news) => hear(news, members)) }
    })
  }

  add(accountId: AccountId, connection: LiveConnection): void {
    this.#accounts.join(accountId, connection)
  }

  remove(accountId: AccountId, connection: LiveConnection): void {
    this.#accounts.leave(accountId, connection)
  }

  /** Resolves once nothing that happens to it, on whichever node, is missed. */
  ready(accountId: AccountId): Promise<void> {
    return this.#feeds.accountReady(accountId)
  }
}

function hear(news: AccountNews, connections: ReadonlySet<LiveConnection>): void {
  switch (news.type) {
    case 'account.joined':
      for (const connection of connections) connection.joined(news.conversationId, news.change)
      return
    case 'account.left':
      for (const connection of connections) connection.left(news.conversationId)
      return
    case 'contact.presence':
      tellAll(connections, renderStatus(news.contact, news.isOnline))
      return
    case 'account.revoked':
      for (const connection of connections) connection.revoked(news.credentialsSince)
      return
    case 'account.reviewed':
      for (const connection of connections) connection.reviewed(news)
      return
    default:
      unreachable(news)
  }
}

function tellAll(connections: Iterable<LiveConnection>, frame: Frame): void {
  for (const { sink } of connections) sink.send(frame)
}
