import type { AccountId, ConversationId, SessionId } from '../core/chat.ts'
import type { AccountNews, AccountReview } from './account-feeds.ts'
import type { Sink } from './sink.ts'

/** A dialect's connection, as what happens to its account reaches it. */
export interface LiveConnection {
  /** Absent where conversations are heard in another way than through audiences. */
  readonly sink?: Sink
  /**
   * The session that the connection rests on, instead of a token. The connection ends with it, and outlives a revocation
   * that keeps it.
   */
  readonly sessionId?: SessionId
  /** The id of the request that opened it, for lines of the log. */
  readonly requestId?: string
  /** Once true it stays true, and nothing is held for the connection any more. */
  readonly hasEnded: boolean
  /** True while nobody is to take the account for online because of it. */
  readonly isAbsent?: boolean
  /** The credentials behind it are void: must end the connection. */
  onRevoked(): void
  /** The account is no member there any more; the conversation is not heard any more. */
  onLeft?(conversationId: ConversationId, accountId: AccountId): void
  /**
   * The account has become a member there: the connection makes itself hear the conversation. Without this it hears all
   * from the joining on.
   */
  onJoined?(conversationId: ConversationId): void
  /** News of the account, before its effect on what is heard. */
  onNews?(news: AccountNews): void
  /** News may have been missed: whatever was remembered of conversations and contacts may be outdated. */
  onReviewed?(review: AccountReview): void
}
