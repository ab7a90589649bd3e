import type { AccountId, ConversationId, MessageDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Where messages name accounts. Mentions are written with their messages: see `Extras` and `NewText`. */
export interface MentionStore {
  /**
   * The messages that name the account, alone or with everybody, in conversations of which it is a member: newest
   * first, only ids below `before`.
   */
  list(accountId: AccountId, page: { before: number; limit: number }): Promise<readonly MessageDetails[]>
  /** When everybody in the conversation was last named; undefined if never, or if that message is deleted. */
  lastOfAll(conversationId: ConversationId): Promise<Micros | undefined>
}
