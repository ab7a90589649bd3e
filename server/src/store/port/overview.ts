import type {
  Account,
  AccountId,
  Conversation,
  ConversationKind,
  Invite,
  SessionDetails,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Everything that is there, as an operator sees it, in pages. Reading takes no turn of the event loop from others. */
export interface OverviewStore {
  /** In the order of their ids, those after that id; removed ones too. */
  accounts(page: OverviewPage): Promise<readonly AccountOverview[]>
  /** Counts of all that is the account's. */
  belongings(accountId: AccountId, at: Micros): Promise<Belongings>
  /** In the order of their ids, those after that id; deleted ones are left out. */
  conversations(page: OverviewPage): Promise<readonly ConversationOverview[]>
  /** In the order of their ids, those after that id; expired and spent ones too, until another is made in their conversation. */
  invites(page: OverviewPage): Promise<readonly InviteOverview[]>
  /** The account's own of all kinds that expire after `at`, last use first. An account has few hundred at most. */
  sessions(accountId: AccountId, at: Micros): Promise<readonly SessionOverview[]>
  totals(at: Micros): Promise<Totals>
}

export interface OverviewPage {
  readonly after: number
  readonly limit: number
}

/** `removed` is an account that has removed itself; a guest is one without a password. */
export type AccountStatus = 'active' | 'guest' | 'disabled' | 'removed'

export interface AccountOverview
  extends Pick<
    Account,
    'accountId' | 'username' | 'displayName' | 'email' | 'isAdmin' | 'createdAt' | 'lastSeenAt'
  > {
  readonly status: AccountStatus
}

export interface Belongings {
  readonly conversations: number
  readonly contacts: number
  /** Messages by the account, deleted ones left out. They have no index by their senders: all are looked through. */
  readonly messages: number
  /** Live ones, of all kinds. */
  readonly sessions: number
  readonly files: number
  readonly fileBytes: number
}

export interface ConversationOverview
  extends Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name' | 'createdAt' | 'activityAt'> {
  readonly members: number
  /** Messages that were ever sent there, deleted ones too. */
  readonly messages: number
}

export interface InviteOverview extends Invite {
  /** The conversation's name, if it has one. */
  readonly name: string | null
  /** The username of whoever made it. */
  readonly maker: string
}

export interface SessionOverview extends SessionDetails {
  /** Where it is valid: a dialect's name. */
  readonly kind: string
}

export interface Totals {
  readonly accounts: Readonly<Record<AccountStatus, number>>
  readonly conversations: Readonly<Record<ConversationKind, number>>
  /** As of `ConversationOverview`. */
  readonly messages: number
  /** Live ones. */
  readonly sessions: number
  readonly files: number
  readonly fileBytes: number
  /** Bytes of the database itself, without SQLite's log. */
  readonly databaseBytes: number
}
