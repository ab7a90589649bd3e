import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'

export interface OfAccount {
  readonly accountId: AccountId
}

export interface Membership {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
}

type Pair = readonly [AccountId, AccountId]

/**
 * The rows that a write touches, by what its caller knows of them. PostgreSQL locks those of `conversationId`,
 * `reads`, `messageId` and `accountId`, then the numbers of `numbers`, before the first step of a batch. SQLite's writer settles what it remembers of
 * the conversations before the write, and forgets what the write changes; SQLite's readers forget all of it.
 */
export interface Touched {
  /** The conversation's row changes: where its log ends, when something last happened. */
  readonly conversationId?: ConversationId
  /** The row of the conversation that has the message changes. */
  readonly messageId?: MessageId
  /** The conversation may have another name. */
  readonly isRenamed?: boolean
  /** The conversation's row is read. */
  readonly reads?: ConversationId
  /** The row of the two accounts' private conversation is read, if there is one. */
  readonly readsPair?: Pair
  /** These accounts become members, are ones no longer, have another role, or have read more. */
  readonly memberships?: readonly Membership[]
  /** Whether one of the two accounts has blocked the other, and so who may speak in their private conversation. */
  readonly blocking?: Pair
  /** The account's row changes, or must not change meanwhile. */
  readonly accountId?: AccountId
  /** Every account whose own state the write may number. */
  readonly numbers?: readonly AccountId[]
  /** The account's sessions end, or one of some account does. */
  readonly areSessionsEnded?: boolean
  readonly session?: { readonly kind: string; readonly digest: string }
  readonly areNamesFreed?: boolean
  /** Nobody may write to the account any more. */
  readonly isAccountRemoved?: boolean
}

/** One write, for both stores. */
interface Row<Write extends (argument: never) => unknown> {
  /**
   * Whether the write refuses before it has written anything. Its refusal then leaves nothing to take back, and SQLite
   * spares it a savepoint.
   */
  readonly checksFirst: boolean
  /** The answer is known once the write is committed; what is touched before it must cover the rows after it. */
  readonly touches: (argument: Parameters<Write>[0], answer?: ReturnType<Write>) => Touched
}

/** A row for each of a noun's writes. */
export type Rows<Writes> = {
  readonly [Name in keyof Writes]: Writes[Name] extends (argument: never) => unknown
    ? Row<Writes[Name]>
    : never
}

export const NOTHING: Touched = {}
export const account = ({ accountId }: OfAccount): Touched => ({ accountId })
export const credentials = ({ accountId }: OfAccount): Touched => ({ accountId, areSessionsEnded: true })
export const membership = (entry: Membership): Touched => ({
  conversationId: entry.conversationId,
  memberships: [entry],
  numbers: [entry.accountId],
})
