import type { AccountId, Conversation, OwnListing } from '../../core/types.ts'
import { type MemberColumns, memberOf, type OwnListingRow, ownListingOf } from '../member-views.ts'
import type { Standing } from '../store.ts'
import { CONVERSATION_COLUMNS, isBlocked, OWN_DETAIL_COLUMNS } from './rows.ts'

export type StandingRow = Conversation & MemberColumns & { readonly isBlocked: boolean }

export function standingOf(row: StandingRow, accountId: AccountId): Standing {
  const { username, role, joinedAt, lastReadAt, lastReadSeq, isBlocked, ...conversation } = row
  const columns = { username, role, joinedAt, lastReadAt, lastReadSeq }
  return { conversation, member: memberOf(columns, conversation.conversationId, accountId), isBlocked }
}

/** The standing of an account, the first of the key, in a conversation. */
export const STANDING = (asked: string): string => `
  SELECT k.n AS "n", ${CONVERSATION_COLUMNS}, a.username AS "username", m.role AS "role", m.joined_at AS "joinedAt",
    m.last_read_at AS "lastReadAt", m.last_read_seq AS "lastReadSeq", ${isBlocked('k.a')} AS "isBlocked"
  FROM ${asked}
  JOIN conversations c ON c.id = k.b
  LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = k.a
  LEFT JOIN accounts a ON a.id = m.account_id`

const LISTING = `
  SELECT ${CONVERSATION_COLUMNS}, t.id AS "messageId", t.seq AS "seq", t.sender_id AS "senderId",
    t.reply_to AS "replyTo", t.body AS "body", t.sent_at AS "sentAt", t.edited_at AS "editedAt", t.attachments AS "attachments",
    a.id AS "otherId", a.uuid AS "uuid",
    a.username AS "username", a.display_name AS "displayName"
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN messages t ON t.id = c.last_message_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = $1`

export const FIND_LISTING = `${LISTING} AND m.conversation_id = $2`

/** A listing with all that is kept of its last message. */
export type OwnListedRow = OwnListingRow & {
  readonly senderUuid: string | null
  readonly senderUsername: string | null
  readonly senderDisplayName: string | null
}

export function ownListedOf(row: OwnListedRow): Omit<OwnListing, 'own'> {
  const { senderUuid: uuid, senderUsername: username, senderDisplayName: displayName, ...rest } = row
  const { senderId: accountId } = rest
  const isThere = accountId !== null && uuid !== null && username !== null && displayName !== null
  return ownListingOf(rest, isThere ? { accountId, uuid, username, displayName } : null)
}

export const OWN_LISTINGS = `
  SELECT ${CONVERSATION_COLUMNS}, ${OWN_DETAIL_COLUMNS}, s.uuid AS "senderUuid", s.username AS "senderUsername",
    s.display_name AS "senderDisplayName", a.id AS "otherId", a.uuid AS "uuid", a.username AS "username",
    a.display_name AS "displayName"
  FROM conversations c
  LEFT JOIN messages t ON t.id = c.last_message_id
  LEFT JOIN accounts s ON s.id = t.sender_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> $1
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE c.id = ANY ($2)`

export const LIST = `${LISTING} AND c.activity_at < $2 ORDER BY c.activity_at DESC LIMIT $3`

export const LIST_NAMES = `
  SELECT c.id AS "conversationId", c.gid AS "gid", c.kind AS "kind", c.name AS "name",
    c.activity_at AS "activityAt", a.username AS "otherName"
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = $1 ORDER BY m.conversation_id`
