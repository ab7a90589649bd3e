import type { ChatErrorCode } from '../../core/errors.ts'
import type { AccountId, ConversationId, Reaction } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Different keys that a message's reactions may have. */
export const MAX_REACTION_KEYS = 20

export interface ReactionStore {
  /**
   * Puts and removes reactions of one message in their order, as one change; nothing is new where all are as they were.
   * Refuses 'unknown_message' (absent or deleted). A wish may be refused by itself: see `Reacted`.
   */
  apply(wishes: Wishes): Promise<Reacted>
  /** The account's own reactions among the messages with `seq` from `first` to `last`, in order. */
  listOwn(
    accountId: AccountId,
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly OwnReaction[]>
}

export interface Wish {
  readonly accountId: AccountId
  readonly key: string
  readonly isAdded: boolean
  readonly at: Micros
}

export interface Wishes {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly wishes: readonly Wish[]
}

export interface Reacted {
  /** The message's version. */
  readonly change: number
  readonly isNew: boolean
  readonly reactions: readonly Reaction[]
  /** The reactions that differ now, in the order of the wishes. */
  readonly by: readonly ReactionChange[]
  /**
   * The refusal of each wish, in their order, or null: 'unknown_message' (not `accountId`'s conversation),
   * 'message_refused' (blocked), 'reaction_refused' (one key too many).
   */
  readonly refusals: readonly (ChatErrorCode | null)[]
}

export interface ReactionChange {
  readonly account: AccountId
  readonly key: string
  readonly added: boolean
}

export interface OwnReaction {
  readonly seq: number
  readonly key: string
}
