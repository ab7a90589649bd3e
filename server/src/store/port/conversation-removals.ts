import type { AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Left } from './members.ts'

/**
 * Conversations that are deleted, and what is left to do for them. Each write refuses 'forbidden' for a private one, which stays
 * its pair's.
 */
export interface ConversationRemovalStore {
  /**
   * Has a server delete the conversation. Changes nothing where that is wished already. Refuses 'unknown_conversation' (absent,
   * or begun to be deleted).
   */
  wish(wish: ConversationStep): Promise<void>
  /** Those that are not done, by their ids. */
  pending(): Promise<readonly ConversationId[]>
  /**
   * Frees its name, and ends its invites and bans: nobody finds or enters it any more. Changes nothing where that is done.
   * Refuses 'unknown_conversation'.
   */
  begin(step: ConversationStep): Promise<void>
  /** Ends the memberships of those who are members, each by a change. Refuses 'unknown_conversation' where nothing was begun. */
  dismiss(dismissal: Dismissal): Promise<readonly Dismissed[]>
  /**
   * Takes its name and topic away, and what members may have made before they were dismissed: nothing is left to do. Refuses
   * 'unknown_conversation' as `dismiss`, and 'conflict' while it has members.
   */
  finish(step: ConversationStep): Promise<void>
}

export interface ConversationStep {
  readonly conversationId: ConversationId
  readonly at: Micros
}

export interface Dismissal extends ConversationStep {
  readonly accountIds: readonly AccountId[]
}

/** Nobody inherits. */
export interface Dismissed extends Left {
  readonly accountId: AccountId
}
