import type {
  Account,
  AccountId,
  Conversation,
  ConversationId,
  Member,
  MessageFacts,
  MessageVersion,
  Preferences,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/**
 * All that an account may take with it, in pages. Each list begins after the last row of the page before, and an empty
 * page is its end. Reading takes no turn of the event loop from others, however much there is. The pages are not of one
 * moment: each shows what is there when it is read.
 */
export interface ExportStore {
  /** Undefined when there is no such account. */
  profile(accountId: AccountId): Promise<ExportedProfile | undefined>
  /** In the order of the accounts' ids, those after that id. */
  contacts(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]>
  /** The accounts that it has blocked, likewise. */
  blocks(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]>
  /** In the order of the conversations' ids, those after that id. */
  memberships(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedMembership[]>
  /** In the order of their places and keys. */
  reactions(
    accountId: AccountId,
    after: ReactionPlace | null,
    limit: number,
  ): Promise<readonly ExportedReaction[]>
  /** The greatest id of a message; 0 before the first. */
  lastMessageId(): Promise<number>
  /**
   * Some more of the account's messages that are not deleted, also where it is no member any more, at most `limit`. No
   * index leads to them, so all messages are looked at, some at a time: a page may have few or none and not be the last.
   */
  messages(accountId: AccountId, walk: MessageWalk, limit: number): Promise<ExportedMessages>
}

export interface ExportedProfile
  extends Pick<
    Account,
    | 'accountId'
    | 'uuid'
    | 'username'
    | 'displayName'
    | 'email'
    | 'emailConfirmed'
    | 'bio'
    | 'createdAt'
    | 'updatedAt'
    | 'lastSeenAt'
  > {
  /** A JSON text; null until they are set. */
  readonly settings: string | null
}

/** A contact, or an account that is blocked. */
export interface ExportedBond extends Pick<Account, 'accountId' | 'username'> {
  readonly at: Micros
}

export interface ExportedMembership extends Pick<Member, 'role' | 'joinedAt' | 'lastReadAt'>, Preferences {
  readonly conversation: Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name'>
  /** The other member, of a private conversation. */
  readonly other: Pick<Account, 'accountId' | 'username'> | null
  /** As in `ReadState`. */
  readonly readSeq: number
}

export interface ReactionPlace {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly key: string
}

export interface ExportedReaction extends ReactionPlace {
  readonly at: Micros
}

export interface ExportedMessage
  extends Pick<
    MessageFacts,
    | 'messageId'
    | 'conversationId'
    | 'seq'
    | 'clientId'
    | 'body'
    | 'format'
    | 'replyToSeq'
    | 'thread'
    | 'mentions'
    | 'sentAt'
    | 'editedAt'
  > {
  /** The texts before each edit, oldest first. */
  readonly versions: readonly Omit<MessageVersion, 'change'>[]
}

export interface MessageWalk {
  /** The store's own note of how far it has looked; empty at the beginning. */
  readonly after: readonly number[]
  /** Messages with a greater id are left out: else an export in a busy chat would have no end. */
  readonly upTo: number
}

export interface ExportedMessages {
  /** In an order of the store's own. */
  readonly items: readonly ExportedMessage[]
  /** Where the next page begins; null when all have been looked at. */
  readonly after: readonly number[] | null
}
