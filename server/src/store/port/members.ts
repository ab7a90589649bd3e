import type { AccountId, ConversationId, Member, Role } from '../../core/types.ts'
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
  /**
   * Gives a member another role. As the owner's role it is handed over: who had it, which must be `byId`, is an admin
   * then. Changes none if it was the role already.
   * Refuses 'not_a_member' (either of the two), 'conflict' (their roles are not what the caller saw).
   */
  changeRole(change: NewRole): Promise<ChangedRoles>
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

export interface NewRole {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly role: Role
  readonly byId: AccountId
  /** The roles from which the caller decided that it may be. */
  readonly seen: { readonly by: Role; readonly role: Role }
  readonly at: Micros
}

interface ChangedMember {
  readonly member: Member
  readonly change: number
}

export interface ChangedRoles {
  /** In the order of the changes. */
  readonly changed: readonly ChangedMember[]
  /** Their memberships. */
  readonly touched: readonly TouchedRow[]
}
