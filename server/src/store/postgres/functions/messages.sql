-- The batch has locked the conversations.

-- All sends of a turn in one statement. Answers an array in their order: [id, seq, change, sent_at, reply_to] of a new
-- message, followed by its mentions, the rows that they touch and the seq of what it quotes if it has any of these; else
-- an object. The same client id must not stand twice among them.
CREATE OR REPLACE FUNCTION chat_append(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  answers json;
BEGIN
  WITH sent AS (
    SELECT * FROM json_to_recordset(wanted) AS s (
      n int, conversation bigint, sender bigint, client text, reply bigint, body text, at bigint,
      -- Null but for the native dialect's sends.
      native boolean, markdown boolean, thread bigint, quoted bigint, mentions json)
  ), judged AS (
    SELECT s.*, CASE WHEN s.quoted IS NULL THEN s.reply ELSE (
        SELECT r.id FROM messages r
        WHERE r.conversation_id = s.conversation AND NOT r.is_deleted AND r.seq = s.quoted) END AS reply_to,
      f.id AS first_id, m.id AS member, m.sent_seq, c.last_seq, c.last_change, c.activity_at,
      CASE
        WHEN s.native AND coalesce(f.conversation_id, p.conversation_id) <> s.conversation THEN 'conflict'
        WHEN f.id IS NOT NULL THEN 'repeated'
        WHEN p.seq IS NOT NULL THEN 'purged'
        WHEN c.id IS NULL THEN 'unknown_conversation'
        WHEN m.id IS NULL THEN 'not_a_member'
        WHEN m.role = 'reader' OR :is_sender_blocked THEN 'message_refused'
        WHEN s.reply IS NOT NULL AND NOT EXISTS (
          SELECT FROM messages r
          WHERE r.id = s.reply AND r.conversation_id = s.conversation AND NOT r.is_deleted) THEN 'unknown_reply'
        WHEN s.quoted IS NOT NULL AND NOT EXISTS (
          SELECT FROM messages r
          WHERE r.conversation_id = s.conversation AND NOT r.is_deleted AND r.seq = s.quoted) THEN 'unknown_reply'
        WHEN s.thread IS NOT NULL AND NOT EXISTS (
          SELECT FROM messages r
          WHERE r.conversation_id = s.conversation AND NOT r.is_deleted AND r.seq = s.thread
            AND r.thread IS NULL) THEN 'thread_refused'
        ELSE 'new'
      END AS verdict
    FROM sent s
    LEFT JOIN messages f ON f.client_id = s.client AND f.sender_id = s.sender
    LEFT JOIN purged_sends p ON p.client_id = s.client AND p.sender_id = s.sender
    LEFT JOIN conversations c ON c.id = s.conversation
    LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = s.sender
  ), placed AS (
    SELECT *, row_number() OVER (PARTITION BY conversation ORDER BY n) AS place
    FROM judged WHERE verdict = 'new' ORDER BY n
  ), numbered AS (
    -- Drawn under the locks and in this order: so within a conversation ids grow as seq does.
    SELECT nextval('message_ids') AS id, n, conversation, last_seq + place AS seq, last_change + place AS change,
      member, sent_seq, sender, client, reply_to, body, markdown, thread, mentions,
      -- Each later than the one before it, whichever node's clock it was told by.
      place + max(greatest(at - place, activity_at)) OVER (PARTITION BY conversation ORDER BY place) AS sent_at
    FROM placed
  ), mentioned AS MATERIALIZED (
    SELECT s.n, s.conversation, s.seq, s.id, e.entry, e.place, (e.entry->>'account')::bigint AS account
    FROM numbered s CROSS JOIN LATERAL json_array_elements(s.mentions) WITH ORDINALITY AS e (entry, place)
    WHERE e.entry->>'account' IS NULL OR chat_is_member(s.conversation, (e.entry->>'account')::bigint)
  ), kept AS (
    INSERT INTO mentions (account_id, conversation_id, seq, message_id)
    SELECT DISTINCT coalesce(account, 0), conversation, seq, id FROM mentioned
  ), touched AS MATERIALIZED (
    SELECT n, json_agg(chat_touch(account, 'mention', conversation || ':' || seq, false) ORDER BY account) AS rows
    FROM (SELECT DISTINCT n, conversation, seq, account FROM mentioned WHERE account IS NOT NULL) a GROUP BY n
  ), inserted AS (
    INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at,
      is_markdown, thread, mentions)
    SELECT id, conversation, seq, change, sender, client, reply_to, body, sent_at, markdown, thread,
      CASE WHEN mentions IS NOT NULL THEN (
        SELECT json_agg(x.entry ORDER BY x.place) FROM mentioned x WHERE x.n = numbered.n)::text END
    FROM numbered
  ), counted AS (
    UPDATE messages t
    SET reply_count = coalesce(t.reply_count, 0) + r.replies, last_reply_seq = r.seq, version = r.change
    FROM (
      SELECT conversation, thread, count(*) AS replies, max(seq) AS seq, max(change) AS change
      FROM numbered WHERE thread IS NOT NULL GROUP BY conversation, thread) r
    WHERE t.conversation_id = r.conversation AND NOT t.is_deleted AND t.seq = r.thread
  ), noted AS (
    -- One's own messages move one's read mark. The row is written only when it is far behind.
    UPDATE members m SET sent_seq = l.seq, read_seq = greatest(m.read_seq, l.seq)
    FROM (SELECT member, max(seq) AS seq FROM numbered WHERE seq - sent_seq >= :sent_stride GROUP BY member) l
    WHERE m.id = l.member
  ), moved AS (
    UPDATE conversations c
    SET last_seq = l.seq, last_change = l.change, last_message_id = l.id, activity_at = l.sent_at
    FROM (SELECT DISTINCT ON (conversation) * FROM numbered ORDER BY conversation, seq DESC) l
    WHERE c.id = l.conversation
  )
  SELECT json_agg(answer ORDER BY n) INTO answers FROM (
    SELECT n, CASE
        WHEN mentions IS NULL AND reply_to IS NULL THEN json_build_array(id, seq, change, sent_at, reply_to)
        ELSE json_build_array(id, seq, change, sent_at, reply_to,
          (SELECT json_agg(x.entry ORDER BY x.place) FROM mentioned x WHERE x.n = numbered.n),
          (SELECT t.rows FROM touched t WHERE t.n = numbered.n),
          (SELECT r.seq FROM messages r WHERE r.id = numbered.reply_to)) END AS answer
    FROM numbered
    UNION ALL
    SELECT n, json_build_object('value',
      json_build_object('message', row_to_json(r), 'change', t.change, 'isNew', false))
    FROM judged j JOIN messages t ON t.id = j.first_id CROSS JOIN LATERAL (SELECT :message_columns) r
    WHERE j.verdict = 'repeated'
    UNION ALL
    SELECT n, json_build_object('value', json_build_object('purged', row_to_json(r)))
    FROM judged j JOIN purged_sends p ON p.client_id = j.client AND p.sender_id = j.sender
    CROSS JOIN LATERAL (
      SELECT p.message_id AS "messageId", p.conversation_id AS "conversationId", p.seq, p.sender_id AS "senderId",
        p.client_id AS "clientId", p.change, p.sent_at AS "sentAt", p.purged_at AS "purgedAt") r
    WHERE j.verdict = 'purged'
    UNION ALL
    SELECT n, json_build_object('refusal', verdict, 'details',
      CASE
        WHEN verdict = 'unknown_reply' AND quoted IS NULL THEN json_build_object('messageId', reply)
        WHEN verdict = 'unknown_reply' THEN json_build_object('seq', quoted)
        WHEN verdict = 'thread_refused' THEN json_build_object('conversationId', conversation, 'seq', thread)
        ELSE json_build_object('conversationId', conversation) END)
    FROM judged WHERE verdict NOT IN ('new', 'repeated', 'purged')
  ) judgements;
  RETURN answers;
END $$;
