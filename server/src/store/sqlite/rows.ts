import type { Account, Conversation, Member } from '../../core/types.ts'
import type { Row } from './statement.ts'

// The columns of each noun, by the names the domain gives them; `a`, `c`, `m` and `t` are the tables' aliases.

export const ACCOUNT_COLUMNS = `
  a.id AS accountId, a.uuid AS uuid, a.username AS username, a.display_name AS displayName, a.email AS email,
  a.email_confirmed AS emailConfirmed, a.bio AS bio, a.is_guest AS isGuest,
  a.password_hash AS passwordHash, a.disabled_at IS NOT NULL AS isDisabled, a.is_admin AS isAdmin, a.created_at AS createdAt,
  a.updated_at AS updatedAt, a.last_seen_at AS lastSeenAt, a.credentials_since AS credentialsSince,
  a.current_conversation_id AS currentConversationId`

export const CONVERSATION_COLUMNS = `
  c.id AS conversationId, c.gid AS gid, c.kind AS kind, c.name AS name, c.creator_id AS creatorId,
  c.created_at AS createdAt, c.updated_at AS updatedAt, c.activity_at AS activityAt, c.last_seq AS lastSeq,
  c.last_change AS lastChange, c.rewrites AS rewrites, c.topic AS topic,
  c.is_listed AS isListed, c.members_add AS membersAdd, c.first_seq AS firstSeq,
  c.member_count AS memberCount, c.retention_days AS retentionDays`

export const SESSION_COLUMNS = `
  s.id AS sessionId, s.account_id AS accountId, s.device AS device, s.address AS address,
  s.created_at AS createdAt, s.last_used_at AS lastUsedAt, s.expires_at AS expiresAt`

export const INVITE_COLUMNS = `
  i.id AS inviteId, i.conversation_id AS conversationId, i.maker_id AS makerId,
  i.created_at AS createdAt, i.expires_at AS expiresAt, i.max_uses AS maxUses, i.uses AS uses`

export const MEMBER_COLUMNS = `
  m.conversation_id AS conversationId, m.account_id AS accountId, a.username AS username, m.role AS role,
  m.joined_at AS joinedAt, m.last_read_at AS lastReadAt, m.last_read_seq AS lastReadSeq`

export const MESSAGE_COLUMNS = `
  t.id AS messageId, t.conversation_id AS conversationId, t.seq AS seq, t.sender_id AS senderId,
  t.reply_to AS replyTo, t.body AS body, t.sent_at AS sentAt, t.edited_at AS editedAt, t.attachments AS attachments`

/** With these and its conversation, `t` is a `DetailRow` but for its body. */
export const OWN_DETAIL_COLUMNS = `
  t.id AS messageId, t.seq AS seq, t.sender_id AS senderId,
  t.reply_to AS replyTo, t.sent_at AS sentAt, t.edited_at AS editedAt, coalesce(t.version, t.change) AS version, t.client_id AS clientId,
  t.is_markdown AS isMarkdown, t.thread AS thread,
  (SELECT r.seq FROM messages r WHERE r.id = t.reply_to) AS replyToSeq, t.reply_count AS replyCount,
  t.last_reply_seq AS lastReplySeq, t.mentions AS mentions, t.reactions AS reactions,
  t.attachments AS attachments, t.pinned_at AS pinnedAt,
  t.deleted_at AS deletedAt`

export const DETAIL_COLUMNS = `t.conversation_id AS conversationId, ${OWN_DETAIL_COLUMNS}`

/** Whether, `c` being private, its other member has blocked the account ?1, or is removed. */
export const IS_BLOCKED = `
  c.kind = 'private' AND EXISTS (
    SELECT 1 FROM members o JOIN accounts r ON r.id = o.account_id
    WHERE o.conversation_id = c.id AND o.account_id <> ?1 AND (r.deleted_at IS NOT NULL
      OR EXISTS (SELECT 1 FROM blocks b WHERE b.blocked_id = ?1 AND b.blocker_id = o.account_id))) AS isBlocked`

export const accountOf = (row: Row<Account>): Account => ({
  ...row,
  emailConfirmed: row.emailConfirmed === 1,
  isGuest: row.isGuest === 1,
  isDisabled: row.isDisabled === 1,
  isAdmin: row.isAdmin === 1,
})

export const conversationOf = (row: Row<Conversation>): Conversation => ({
  ...row,
  isListed: row.isListed === 1,
  membersAdd: row.membersAdd === 1,
})
// Copied, because the engine's rows have no prototype.
export const memberOf = (row: Row<Member>): Member => ({ ...row })
