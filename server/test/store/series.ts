import type { DatabaseSync } from 'node:sqlite'

/** Faults in the numbering of messages, changes and accounts' own state; empty when there are none. */
export const findHoles = (db: DatabaseSync): readonly unknown[] => [
  ...db.prepare(HOLES).all(),
  ...db.prepare(NUMBER_FAULTS).all(),
]

export const HOLES = `
  WITH numbered AS (
    SELECT conversation_id, change FROM messages UNION ALL SELECT conversation_id, change FROM changes
  ), counted AS (
    SELECT conversation_id, count(*) AS total, count(DISTINCT change) AS different, min(change) AS lowest,
      max(change) AS highest
    FROM numbered GROUP BY conversation_id
  )
  SELECT 'changes' AS what, c.id AS id FROM conversations c LEFT JOIN counted n ON n.conversation_id = c.id
  -- Sends of purged messages have left their numbers alone.
  WHERE n.total + c.first_seq - 1 IS DISTINCT FROM c.last_change OR n.different IS DISTINCT FROM n.total OR n.lowest IS DISTINCT FROM 1
    OR n.highest IS DISTINCT FROM c.last_change
  UNION ALL
  SELECT 'members', c.id FROM conversations c
  WHERE c.member_count <> (SELECT count(*) FROM members m WHERE m.conversation_id = c.id)
  UNION ALL
  SELECT 'messages', c.id FROM conversations c
  WHERE c.last_seq - c.first_seq + 1 <> (SELECT count(DISTINCT seq) FROM messages WHERE conversation_id = c.id)
    OR c.last_seq <> (SELECT coalesce(max(seq), c.first_seq - 1) FROM messages WHERE conversation_id = c.id)
  UNION ALL
  SELECT 'order', t.id FROM messages t JOIN messages n
    ON n.conversation_id = t.conversation_id AND n.seq = t.seq + 1
  WHERE n.id <= t.id OR n.change <= t.change
  UNION ALL
  -- The message's place counted from the last change before it that is not a message.
  SELECT 'last_seq', t.id FROM messages t JOIN changes k ON k.conversation_id = t.conversation_id
    AND k.change = (SELECT max(change) FROM changes
      WHERE conversation_id = t.conversation_id AND change < t.change)
  WHERE t.seq - k.last_seq <> t.change - k.change`

/** Accounts whose last number is not the greatest of their rows, or that have a number twice. */
export const NUMBER_FAULTS = `
  SELECT n.account_id AS id FROM account_numbers n
  WHERE n.last <> (SELECT coalesce(max(r.number), 0) FROM account_rows r WHERE r.account_id = n.account_id)
  UNION ALL
  SELECT r.account_id FROM account_rows r GROUP BY r.account_id
  HAVING count(*) <> count(DISTINCT r.number) OR min(r.number) < 1
    OR NOT EXISTS (SELECT 1 FROM account_numbers n WHERE n.account_id = r.account_id)`
