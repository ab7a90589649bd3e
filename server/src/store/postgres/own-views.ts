import { SENT_STRIDE } from '../sent-stride.ts'

// One member's own view of a conversation; `c` and `m` are the tables' aliases.

/** The last place that the member `m` has read, its own last message included. */
export const READ_SEQ = `
  greatest(m.read_seq, (
    SELECT max(t.seq) FROM messages t
    WHERE t.conversation_id = m.conversation_id AND t.is_deleted IN (false, true)
      AND t.seq > greatest(m.sent_seq, m.read_seq) AND t.seq < m.sent_seq + ${SENT_STRIDE}
      AND t.sender_id = m.account_id))`

/** The messages of `c` after a place that are kept and not deleted. */
export const unreadAfter = (place: string): string => `
  c.last_seq - greatest(${place}, c.first_seq - 1) - (
    SELECT count(*) FROM messages d
    WHERE d.conversation_id = c.id AND d.is_deleted AND d.seq > greatest(${place}, c.first_seq - 1))`

/** The messages of `c` after a place that name the account, alone or with everybody. */
export const mentionsAfter = (place: string, accountId: string): string => `
  (SELECT count(DISTINCT n.seq) FROM mentions n
    WHERE n.account_id IN (0, ${accountId}) AND n.conversation_id = c.id AND n.seq > ${place})`

export const PREFERENCE_COLUMNS = `
  m.is_muted AS "isMuted", m.is_pinned AS "isPinned", m.is_archived AS "isArchived", m.notify AS "notify"`
