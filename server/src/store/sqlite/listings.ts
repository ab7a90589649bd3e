import type {
  Account,
  AccountId,
  Conversation,
  ConversationId,
  ConversationListing,
  Member,
  Message,
  MessageId,
  Sender,
} from '../../core/types.ts'
import type { Membership } from './read-cache.ts'
import { CONVERSATION_COLUMNS, IS_BLOCKED } from './rows.ts'
import type { Row } from './statement.ts'

// A conversation as one account sees it. One row carries three nouns: the columns of two are prefixed.

type Nullable<T> = { readonly [K in keyof T]: T[K] | null }

export type MembershipRow = Nullable<
  Pick<Account, 'username'> & Pick<Member, 'joinedAt' | 'lastReadAt' | 'lastReadSeq'>
> & { readonly isBlocked: number }

export function membershipOf(
  row: MembershipRow,
  conversationId: ConversationId,
  accountId: AccountId,
): Membership {
  const { username, joinedAt, lastReadAt, lastReadSeq, isBlocked } = row
  const member: Member | null =
    username === null || joinedAt === null || lastReadSeq === null
      ? null
      : { conversationId, accountId, username, joinedAt, lastReadAt, lastReadSeq }
  return { member, isBlocked: isBlocked === 1 }
}

interface LastMessage {
  readonly messageId: MessageId
  readonly seq: number
  readonly senderId: AccountId
  readonly replyTo: MessageId | null
  readonly body: string
  readonly sentAt: number
}

export type ListingRow = Row<Conversation> &
  Nullable<LastMessage> &
  Nullable<{ otherId: AccountId; uuid: string; username: string; displayName: string }>

export function listingOf(row: ListingRow): ConversationListing {
  const { messageId, seq, senderId, replyTo, body, sentAt, ...rest } = row
  const { otherId, uuid, username, displayName, ...conversation } = rest
  const { conversationId } = conversation
  const lastMessage: Message | null =
    messageId === null || seq === null || senderId === null || body === null || sentAt === null
      ? null
      : { messageId, conversationId, seq, senderId, replyTo, body, sentAt }
  const other: Sender | null =
    otherId === null || uuid === null || username === null || displayName === null
      ? null
      : { accountId: otherId, uuid, username, displayName }
  return { conversation, lastMessage, other }
}

export const MEMBERSHIP = `
  SELECT a.username AS username, m.joined_at AS joinedAt, m.last_read_at AS lastReadAt,
    m.last_read_seq AS lastReadSeq, ${IS_BLOCKED}
  FROM conversations c
  LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = ?1
  LEFT JOIN accounts a ON a.id = m.account_id
  WHERE c.id = ?2`

const LISTING = `
  SELECT ${CONVERSATION_COLUMNS}, t.id AS messageId, t.seq AS seq, t.sender_id AS senderId,
    t.reply_to AS replyTo, t.body AS body, t.sent_at AS sentAt, a.id AS otherId, a.uuid AS uuid,
    a.username AS username, a.display_name AS displayName
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN messages t ON t.id = c.last_message_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = ?1`

export const FIND_LISTING = `${LISTING} AND m.conversation_id = ?2`

export const LIST = `${LISTING} AND c.activity_at < ?2 ORDER BY c.activity_at DESC LIMIT ?3`
