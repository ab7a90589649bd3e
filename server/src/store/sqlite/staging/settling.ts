import { MAX_REACTION_KEYS } from '../../store.ts'

export const RAW_MESSAGES = `
  SELECT conversation_id AS conversationId, rowid AS rawId, at, id FROM raw_messages ORDER BY conversation_id, id`

export const PLACE_MESSAGE = `
  INSERT INTO messages (conversation_id, seq, id, key, sender_id, body, sent_at, edited_at, is_markdown, mentions)
  SELECT conversation_id, ?, id, key, sender_id, body, ?, edited_at, is_markdown, mentions
  FROM raw_messages WHERE rowid = ?`

/** The statements by which everything gets its place. */
export const SETTLING = {
  creators: `
    UPDATE conversations SET creator_id = coalesce(creator_id,
      (SELECT account_id FROM members m WHERE m.conversation_id = conversations.id ORDER BY m.id LIMIT 1),
      (SELECT sender_id FROM raw_messages t WHERE t.conversation_id = conversations.id ORDER BY rowid LIMIT 1));`,

  candidates: `
    SELECT c.id, c.key, c.kind, count(m.id) AS members, min(m.account_id) AS low, max(m.account_id) AS high
    FROM conversations c LEFT JOIN members m ON m.conversation_id = c.id
    WHERE c.kind IN ('private', 'unsaid') GROUP BY c.id ORDER BY c.id`,

  numbers: `
    UPDATE raw_messages SET id = n.number FROM (
      SELECT rowid AS raw, row_number() OVER (ORDER BY at, place, rowid) AS number FROM raw_messages) n
    WHERE n.raw = raw_messages.rowid;`,

  ends: 'UPDATE conversations SET last_seq = ?, last_message_id = ?, activity_at = ? WHERE id = ?',

  afterMessages: [
    'CREATE UNIQUE INDEX messages_key ON messages (conversation_id, key);',
    'CREATE INDEX messages_time ON messages (conversation_id, sent_at);',
    'CREATE INDEX messages_sender ON messages (conversation_id, sender_id, seq);',
    // Nothing happened in a conversation before it was created.
    `UPDATE conversations SET created_at = min(created_at, (
       SELECT sent_at FROM messages t WHERE t.conversation_id = conversations.id AND t.seq = 1))
     WHERE last_seq > 0;
     UPDATE conversations SET activity_at = created_at WHERE activity_at IS NULL;`,
    `UPDATE messages SET reply_to = q.id FROM raw_messages r, messages q
     WHERE r.reply_key IS NOT NULL AND r.conversation_id = messages.conversation_id AND r.key = messages.key
       AND q.conversation_id = r.conversation_id AND q.key = r.reply_key;`,
    `UPDATE messages SET thread = q.seq FROM raw_messages r, messages q
     WHERE r.thread_key IS NOT NULL AND r.conversation_id = messages.conversation_id AND r.key = messages.key
       AND q.conversation_id = r.conversation_id AND q.key = r.thread_key AND q.seq < messages.seq;`,
    `UPDATE messages SET reply_count = r.replies, last_reply_seq = r.last FROM (
       SELECT conversation_id, thread, count(*) AS replies, max(seq) AS last FROM messages
       WHERE thread IS NOT NULL GROUP BY conversation_id, thread) r
     WHERE r.conversation_id = messages.conversation_id AND r.thread = messages.seq;`,
    `INSERT INTO reactions (conversation_id, seq, key, account_id, at)
     SELECT t.conversation_id, t.seq, r.emoji, r.account_id, t.sent_at FROM (
       SELECT *, dense_rank() OVER (PARTITION BY conversation_id, message_key ORDER BY emoji) AS place
       FROM raw_reactions) r
     JOIN messages t ON t.conversation_id = r.conversation_id AND t.key = r.message_key
     WHERE r.place <= ${MAX_REACTION_KEYS};`,
    `UPDATE messages SET reactions = (
       SELECT json_group_array(json_object('key', g.key, 'count', g.reactors, 'last', (
         SELECT json_group_array(account_id) FROM (
           SELECT account_id FROM (
             SELECT account_id FROM reactions l
             WHERE l.conversation_id = messages.conversation_id AND l.seq = messages.seq AND l.key = g.key
             ORDER BY account_id DESC LIMIT 3)
           ORDER BY account_id)))) FROM (
         SELECT key, count(*) AS reactors FROM reactions a
         WHERE a.conversation_id = messages.conversation_id AND a.seq = messages.seq GROUP BY key ORDER BY key) g)
     WHERE EXISTS (
       SELECT 1 FROM reactions r WHERE r.conversation_id = messages.conversation_id AND r.seq = messages.seq);`,
    `INSERT OR IGNORE INTO mentions (account_id, conversation_id, seq, message_id)
     SELECT coalesce(json_extract(e.value, '$.account'), 0), t.conversation_id, t.seq, t.id
     FROM messages t, json_each(t.mentions) e
     WHERE t.mentions IS NOT NULL AND (json_extract(e.value, '$.all') OR EXISTS (
       SELECT 1 FROM members m
       WHERE m.conversation_id = t.conversation_id AND m.account_id = json_extract(e.value, '$.account')));`,
  ],

  lostReplies: `
    SELECT c.key AS conversation, r.key, coalesce(r.reply_key, r.thread_key) AS lost
    FROM raw_messages r JOIN messages t ON t.conversation_id = r.conversation_id AND t.key = r.key
    JOIN conversations c ON c.id = r.conversation_id
    WHERE (r.reply_key IS NOT NULL AND t.reply_to IS NULL) OR (r.thread_key IS NOT NULL AND t.thread IS NULL)`,

  end: 'DELETE FROM raw_messages; DELETE FROM raw_reactions;',
} as const
