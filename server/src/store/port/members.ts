import type { AccountId, ConversationId, Member } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { TouchedRow } from './account-state.ts'

export interface MemberStore {
  /** In the order they joined. */
  list(conversationId: ConversationId): Promise<readonly Member[]>
  /**
   * Finds the membership or makes it. Refuses 'unknown_conversation' (absent, or entered by oneself though
   * not open), 'not_a_member' (`byId` no longer is one), and 'unknown_account' as `create` does.
   */
  join(entry: NewMember): Promise<Joined>
  /** Ends it. Refuses 'not_a_member'. */
  leave(exit: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<Left>
  /** Everything up to now is read. Never moves back. Refuses 'not_a_member'. */
  markRead(mark: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<void>
  /** The account's `currentConversationId`. */
  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void>
}

export interface NewMember {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  /** The member who adds them; null when they enter an open conversation by themselves. */
  readonly byId: AccountId | null
  readonly at: Micros
}

export interface Joined {
  readonly member: Member
  readonly change: number
  readonly isNew: boolean
  /** The membership, if it is new. */
  readonly touched: readonly TouchedRow[]
}

export interface Left {
  readonly change: number
  /** The membership that has ended. */
  readonly touched: readonly TouchedRow[]
}
