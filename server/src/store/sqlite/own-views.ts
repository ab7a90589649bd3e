import { SENT_STRIDE } from '../sent-stride.ts'

// One member's own view of a conversation; `c` and `m` are the tables' aliases.

/** The last place that the member `m` has read, its own last message included. */
export const READ_SEQ = `
  max(m.read_seq, coalesce((
    SELECT max(t.seq) FROM messages t
    WHERE t.conversation_id = m.conversation_id AND t.is_deleted IN (0, 1) AND t.seq > max(m.sent_seq, m.read_seq)
      AND t.seq < m.sent_seq + ${SENT_STRIDE} AND t.sender_id = m.account_id), 0))`

/** The messages of `c` after a place that are kept and not deleted. Most conversations have nothing deleted. */
export const unreadAfter = (place: string): string => `
  c.last_seq - max(${place}, c.first_seq - 1) - CASE c.rewrites WHEN 0 THEN 0 ELSE (
    SELECT count(*) FROM messages d
    WHERE d.conversation_id = c.id AND d.is_deleted = 1 AND d.seq > max(${place}, c.first_seq - 1)) END`

/** The messages of `c` after a place that name the account, alone or with everybody. */
export const mentionsAfter = (place: string, accountId: string): string => `
  (SELECT count(DISTINCT n.seq) FROM mentions n
    WHERE n.account_id IN (0, ${accountId}) AND n.conversation_id = c.id AND n.seq > ${place})`

export const PREFERENCE_COLUMNS = `
  m.is_muted AS isMuted, m.is_pinned AS isPinned, m.is_archived AS isArchived, m.notify AS notify`
