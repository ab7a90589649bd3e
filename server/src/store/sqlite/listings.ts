import type { AccountId, ConversationId, ConversationListing } from '../../core/types.ts'
import { type ListingRow, listingOf, type MemberColumns, memberOf } from '../member-views.ts'
import { BODY } from './bodies.ts'
import type { Membership } from './read-cache.ts'
import { CONVERSATION_COLUMNS, IS_BLOCKED, OWN_DETAIL_COLUMNS } from './rows.ts'
import type { Row } from './statement.ts'

export type MembershipRow = MemberColumns & { readonly isBlocked: number }

export const membershipOf = (
  row: MembershipRow,
  conversationId: ConversationId,
  accountId: AccountId,
): Membership => ({ member: memberOf(row, conversationId, accountId), isBlocked: row.isBlocked === 1 })

export const MEMBERSHIP = `
  SELECT a.username AS username, m.role AS role, m.joined_at AS joinedAt, m.last_read_at AS lastReadAt,
    m.last_read_seq AS lastReadSeq, ${IS_BLOCKED}
  FROM conversations c
  LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = ?1
  LEFT JOIN accounts a ON a.id = m.account_id
  WHERE c.id = ?2`

export const listedOf = (row: Row<ListingRow>): ConversationListing =>
  listingOf({ ...row, isListed: row.isListed === 1, membersAdd: row.membersAdd === 1 })

const LISTING = `
  SELECT ${CONVERSATION_COLUMNS}, t.id AS messageId, t.seq AS seq, t.sender_id AS senderId,
    t.reply_to AS replyTo, t.body AS body, t.sent_at AS sentAt, t.edited_at AS editedAt, t.attachments AS attachments,
    a.id AS otherId, a.uuid AS uuid,
    a.username AS username, a.display_name AS displayName
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN messages t ON t.id = c.last_message_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = ?1`

export const SHARED_LISTING = `
  SELECT ${CONVERSATION_COLUMNS}, ${OWN_DETAIL_COLUMNS}, ${BODY} AS stored
  FROM conversations c
  LEFT JOIN messages t ON t.id = c.last_message_id
  WHERE c.id = ?`

export const PAIR = 'SELECT account_id AS accountId FROM members WHERE conversation_id = ?'

export const FIND_LISTING = `${LISTING} AND m.conversation_id = ?2`

export const LIST = `${LISTING} AND c.activity_at < ?2 ORDER BY c.activity_at DESC LIMIT ?3`

export const LIST_NAMES = `
  SELECT c.id AS conversationId, c.gid AS gid, c.kind AS kind, c.name AS name,
    c.activity_at AS activityAt, a.username AS otherName
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = ?1 AND m.conversation_id > ?2 ORDER BY m.conversation_id LIMIT ?3`
