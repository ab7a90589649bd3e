import type { AccountId, ConversationId, MessageDetails, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ReactionChange } from './reactions.ts'

/** The changes of conversations. Each has a number: in each conversation 1, 2, 3 … without a hole. */
export interface ChangeStore {
  /** The number of each conversation's last change. Those that do not exist are left out. */
  last(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>>
  /** The change that made the account a member of each, for the last time. Where it never was one is left out. */
  joining(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, number>>
  /** The changes after `after`: in order, without a hole, at most `limit`. */
  since(conversationId: ConversationId, after: number, limit: number): Promise<readonly LoggedChange[]>
}

export type LoggedChange =
  /** The message is undefined when it has been deleted since. */
  | { readonly change: number; readonly kind: 'sent'; readonly message: MessageDetails | undefined }
  | { readonly change: number; readonly kind: 'edited'; readonly message: MessageDetails | undefined }
  | {
      readonly change: number
      readonly kind: 'reacted'
      readonly message: MessageDetails | undefined
      readonly by: readonly ReactionChange[]
    }
  | {
      readonly change: number
      readonly kind: 'pinned' | 'unpinned'
      readonly seq: number
      readonly accountId: AccountId
      readonly at: Micros
    }
  | {
      readonly change: number
      readonly kind: 'deleted'
      readonly messageId: MessageId
      readonly seq: number
      readonly at: Micros
    }
  | { readonly change: number; readonly kind: 'purged'; readonly upToSeq: number; readonly at: Micros }
  /** Any change of a message that has been purged since: nothing is known of it but its number. */
  | { readonly change: number; readonly kind: 'forgotten' }
  | { readonly change: number; readonly kind: 'conversation_changed'; readonly byId: AccountId }
  | {
      readonly change: number
      readonly kind: 'member_changed'
      readonly accountId: AccountId
      readonly byId: AccountId
      readonly at: Micros
    }
  | {
      readonly change: number
      readonly kind: 'created' | 'joined'
      readonly accountId: AccountId
      readonly at: Micros
    }
  | {
      readonly change: number
      readonly kind: 'left'
      readonly accountId: AccountId
      /** Null when it left by itself. */
      readonly byId: AccountId | null
      readonly at: Micros
    }
