import type {
  Account,
  AccountId,
  Conversation,
  ConversationId,
  ConversationListing,
  Member,
  Message,
  Sender,
} from '../core/types.ts'

// A conversation as one account sees it, from rows that carry several nouns: the same whatever the engine.

type Nullable<T> = { readonly [K in keyof T]: T[K] | null }

/** Null in all columns: not a member. */
export type MemberColumns = Nullable<
  Pick<Account, 'username'> & Pick<Member, 'role' | 'joinedAt' | 'lastReadAt' | 'lastReadSeq'>
>

export function memberOf(
  { username, role, joinedAt, lastReadAt, lastReadSeq }: MemberColumns,
  conversationId: ConversationId,
  accountId: AccountId,
): Member | null {
  if (username === null || role === null || joinedAt === null || lastReadSeq === null) return null
  return { conversationId, accountId, username, role, joinedAt, lastReadAt, lastReadSeq }
}

export type ListingRow = Conversation &
  Nullable<Omit<Message, 'conversationId'>> &
  Nullable<{ otherId: AccountId } & Omit<Sender, 'accountId'>>

export function listingOf(row: ListingRow): ConversationListing {
  const { messageId, seq, senderId, replyTo, body, sentAt, editedAt, ...rest } = row
  const { otherId, uuid, username, displayName, ...conversation } = rest
  const { conversationId } = conversation
  const lastMessage: Message | null =
    messageId === null || seq === null || senderId === null || body === null || sentAt === null
      ? null
      : { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt }
  const other: Sender | null =
    otherId === null || uuid === null || username === null || displayName === null
      ? null
      : { accountId: otherId, uuid, username, displayName }
  return { conversation, lastMessage, other }
}
