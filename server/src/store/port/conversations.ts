import type {
  AccountId,
  Conversation,
  ConversationId,
  ConversationKind,
  ConversationListing,
  Gid,
  Member,
  Role,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { TouchedRow } from './account-state.ts'
import type { RequestKey } from './request-keys.ts'

export interface NewConversation {
  readonly gid: Gid
  readonly kind: ConversationKind
  readonly name: string | null
  readonly topic?: string | null
  readonly isListed?: boolean
  readonly creatorId: AccountId
  /** Creator first; without repeats. */
  readonly memberIds: readonly AccountId[]
  /** The creator's. */
  readonly once?: RequestKey
  readonly at: Micros
}

export interface CreatedConversation {
  readonly conversation: Conversation
  /** In a repeat the creator alone: by now there may be any number. */
  readonly members: readonly Member[]
  /** False when it existed, as only a private one can. In a repeat, as the first answer said. */
  readonly isNew: boolean
  /** The request came before, and nothing was written now. */
  readonly isRepeat: boolean
  /** Each member's membership, if it is new. */
  readonly touched: readonly TouchedRow[]
}

/** One account's place towards one conversation: all that policy asks before a send. */
export interface Standing {
  readonly conversation: Conversation
  readonly member: Member | null
  /** In a private conversation: the other member has blocked this account. */
  readonly isBlocked: boolean
}

/** A row in an account's list of its conversations. */
export interface ConversationName
  extends Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name' | 'activityAt'> {
  /** The other member's username, in a private conversation. */
  readonly otherName: string | null
}

export interface ConversationChange {
  readonly conversationId: ConversationId
  readonly byId: AccountId
  /** The role from which the caller decided that it may be. */
  readonly seen: { readonly by: Role }
  readonly name?: string | null
  readonly topic?: string | null
  readonly isListed?: boolean
  readonly membersAdd?: boolean
  /** Null: only the server's own limit holds. */
  readonly retentionDays?: number | null
  readonly at: Micros
}

export interface ChangedConversation {
  readonly conversation: Conversation
  /** False when it was so already. */
  readonly isNew: boolean
}

export interface DirectoryPage {
  readonly viewerId: AccountId
  readonly prefix: string
  readonly after: string | null
  readonly limit: number
}

export interface ConversationStore {
  /**
   * Creates it, or finds the pair's one private conversation. Refuses 'conversation_name_taken' (an open
   * name, or one that is some conversation's gid), 'unknown_account' (a member who is gone, a guest in
   * one that is not open, or someone who blocked the creator; details.accountId). A repeat is refused 'not_a_member' when
   * the creator is none any more, and 'idempotency_key_reused' as `RequestKey` says.
   */
  create(conversation: NewConversation): Promise<CreatedConversation>
  /**
   * Changes what is given, if anything differs. Refuses 'conversation_name_taken', 'name_refused' (listed without a
   * name), 'not_a_member', 'conflict' (the role of `byId` is not what the caller saw).
   */
  change(change: ConversationChange): Promise<ChangedConversation>
  /** The listed ones that the viewer is not banned from and whose names begin so, by their names as they are compared, after the name `after`. */
  directory(page: DirectoryPage): Promise<readonly Conversation[]>
  find(conversationId: ConversationId): Promise<Conversation | undefined>
  findByGid(gid: string): Promise<Conversation | undefined>
  findOpenByName(name: string): Promise<Conversation | undefined>
  /** The pair's one private conversation, whichever opened it. */
  findPrivate(pair: readonly [AccountId, AccountId]): Promise<Conversation | undefined>
  standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing | undefined>
  /** A conversation of the account, with its last message. */
  findListing(accountId: AccountId, conversationId: ConversationId): Promise<ConversationListing | undefined>
  /** The account's own, last activity first, activity earlier than `before`. */
  list(accountId: AccountId, page: { before: Micros; limit: number }): Promise<readonly ConversationListing[]>
  /** All the account's own, oldest first. */
  listNames(accountId: AccountId): Promise<readonly ConversationName[]>
  /** The ids of all the account's own, oldest first. */
  idsOf(accountId: AccountId): Promise<readonly ConversationId[]>
}
