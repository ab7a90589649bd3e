import type { AccountId, ConversationId, Member, MemberDetails, Role } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { TouchedRow } from './account-state.ts'

export interface MemberStore {
  /** In the order they joined. */
  list(conversationId: ConversationId): Promise<readonly Member[]>
  /** Members with greater account ids, at most `limit`, by id. */
  page(
    conversationId: ConversationId,
    page: { after: number; limit: number },
  ): Promise<readonly MemberDetails[]>
  /**
   * Finds the membership or makes it. Refuses 'unknown_conversation' (absent, or entered by oneself though not open, or
   * banned there), 'not_a_member' (`byId` no longer is one), 'forbidden' (banned, and the ban not to be lifted),
   * 'conflict' (what the caller saw has changed), and 'unknown_account' as `create` does.
   */
  join(entry: NewMember): Promise<Joined>
  /**
   * Ends it. An owner's role goes to `heirId`. Refuses 'not_a_member', 'conflict' (that is not who inherits now, or
   * there is nothing to inherit).
   */
  leave(exit: Exit): Promise<Left>
  /** The account to which the owner's role goes when that member leaves: the highest role, then the longest there; no guest, nobody disabled. */
  findHeir(conversationId: ConversationId, leaverId: AccountId): Promise<AccountId | undefined>
  /** Ends it, and bans from an open one. Refuses 'not_a_member' (either of the two, or in a private one), 'conflict' (as `changeRole`). */
  remove(removal: RemovedMember): Promise<Left>
  /** Refuses 'not_a_member' (`byId` is none), 'conflict' (as `changeRole`). */
  liftBan(lift: LiftedBan): Promise<void>
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
  /** Null when they enter an open conversation by themselves. */
  readonly added: Added | null
  readonly at: Micros
}

/** By a member. */
export interface Added {
  readonly byId: AccountId
  /** The facts from which the caller decided that it may be. */
  readonly seen: { readonly by: Role; readonly membersAdd: boolean }
  readonly liftsBan: boolean
}

export interface Exit {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  /** Null unless the owner leaves, and where nobody can inherit. */
  readonly heirId: AccountId | null
  readonly at: Micros
}

export interface RemovedMember {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly byId: AccountId
  readonly seen: NewRole['seen']
  readonly at: Micros
}

export interface LiftedBan {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly byId: AccountId
  readonly seen: { readonly by: Role }
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
  /** The new owner, by the change after it. */
  readonly heir: ChangedMember | null
  /** The membership that has ended, and the heir's. */
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
