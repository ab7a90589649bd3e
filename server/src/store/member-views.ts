import type {
  Account,
  AccountId,
  Conversation,
  ConversationId,
  ConversationListing,
  Member,
  Message,
  OwnListing,
  Sender,
} from '../core/types.ts'
import { attachmentsIn, type DetailRow, detailsOf, type MessageRow } from './message-details.ts'

// A conversation as one account sees it, from rows that carry several nouns: the same whatever the engine.

/**
 * The newest listings are looked for among all of an account's own where these fill no more pages than that. For more,
 * the newest messages of all are looked at first: work that does not grow with what the account has.
 */
export const FEW_PAGES = 10

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

/** The other member of a private conversation. */
type OtherColumns = Nullable<{ otherId: AccountId } & Omit<Sender, 'accountId'>>

export type ListingRow = Conversation & Nullable<Omit<MessageRow, 'conversationId'>> & OtherColumns

export function listingOf(row: ListingRow): ConversationListing {
  const { messageId, seq, senderId, replyTo, body, sentAt, editedAt, attachments, ...rest } = row
  const { otherId, uuid, username, displayName, ...conversation } = rest
  const { conversationId } = conversation
  const lastMessage: Message | null =
    messageId === null || seq === null || senderId === null || body === null || sentAt === null
      ? null
      : {
          ...{ messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt },
          ...attachmentsIn(attachments),
        }
  return { conversation, lastMessage, other: otherOf({ otherId, uuid, username, displayName }) }
}

const otherOf = ({ otherId, uuid, username, displayName }: OtherColumns): Sender | null =>
  otherId === null || uuid === null || username === null || displayName === null
    ? null
    : { accountId: otherId, uuid, username, displayName }

/** A conversation and its last message: what a listing shows to every member alike. */
export type SharedListing = Pick<OwnListing, 'conversation' | 'lastMessage'>

export type SharedListingRow = Conversation & Nullable<Omit<DetailRow, 'conversationId'>>
export type OwnListingRow = SharedListingRow & OtherColumns

/** `sender` is that of the last message. */
export function ownListingOf(row: OwnListingRow, sender: Sender | null): Omit<OwnListing, 'own'> {
  const { otherId, uuid, username, displayName, ...shared } = row
  return { ...sharedListingOf(shared, sender), other: otherOf({ otherId, uuid, username, displayName }) }
}

/** `sender` is that of the last message. */
export function sharedListingOf(row: SharedListingRow, sender: Sender | null): SharedListing {
  const { messageId, seq, senderId, replyTo, body, sentAt, editedAt, version, ...rest } = row
  const { clientId, isMarkdown, thread, replyToSeq, replyCount, lastReplySeq, ...others } = rest
  const { mentions, reactions, attachments, pinnedAt, deletedAt, ...conversation } = others
  if (messageId === null || seq === null || senderId === null || body === null || sentAt === null)
    return { conversation, lastMessage: null }
  if (version === null || !sender) throw new Error('a message without its sender')
  const { conversationId } = conversation
  const facts = detailsOf({
    ...{ messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt, version, clientId },
    ...{ isMarkdown, thread, replyToSeq, replyCount, lastReplySeq, mentions, reactions, attachments },
    ...{ pinnedAt, deletedAt },
  })
  return { conversation, lastMessage: { ...facts, sender } }
}
