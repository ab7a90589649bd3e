-- The batch has locked the conversations.

-- All sends of a turn in one statement. Answers an array in their order: [id, seq, change, sent_at] of a new message,
-- else an object. The same client id must not stand twice among them.
CREATE OR REPLACE FUNCTION chat_append(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  answers json;
BEGIN
  WITH sent AS (
    SELECT * FROM json_to_recordset(wanted) AS s (
      n int, conversation bigint, sender bigint, client text, reply bigint, body text, at bigint)
  ), judged AS (
    SELECT s.*, f.id AS first_id, m.id AS member, m.sent_seq, c.last_seq, c.last_change, c.activity_at,
      CASE
        WHEN f.id IS NOT NULL THEN 'repeated'
        WHEN c.id IS NULL THEN 'unknown_conversation'
        WHEN m.id IS NULL THEN 'not_a_member'
        WHEN m.role = 'reader' OR :is_sender_blocked THEN 'message_refused'
        WHEN s.reply IS NOT NULL AND NOT EXISTS (
          SELECT FROM messages r
          WHERE r.id = s.reply AND r.conversation_id = s.conversation AND NOT r.is_deleted) THEN 'unknown_reply'
        ELSE 'new'
      END AS verdict
    FROM sent s
    LEFT JOIN messages f ON f.client_id = s.client AND f.sender_id = s.sender
    LEFT JOIN conversations c ON c.id = s.conversation
    LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = s.sender
  ), placed AS (
    SELECT *, row_number() OVER (PARTITION BY conversation ORDER BY n) AS place
    FROM judged WHERE verdict = 'new' ORDER BY n
  ), numbered AS (
    -- Drawn under the locks and in this order: so within a conversation ids grow as seq does.
    SELECT nextval('message_ids') AS id, n, conversation, last_seq + place AS seq, last_change + place AS change,
      member, sent_seq, sender, client, reply, body,
      -- Each later than the one before it, whichever node's clock it was told by.
      place + max(greatest(at - place, activity_at)) OVER (PARTITION BY conversation ORDER BY place) AS sent_at
    FROM placed
  ), inserted AS (
    INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at)
    SELECT id, conversation, seq, change, sender, client, reply, body, sent_at FROM numbered
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
    SELECT n, json_build_array(id, seq, change, sent_at) AS answer FROM numbered
    UNION ALL
    SELECT n, json_build_object('value',
      json_build_object('message', row_to_json(r), 'change', t.change, 'isNew', false))
    FROM judged j JOIN messages t ON t.id = j.first_id CROSS JOIN LATERAL (SELECT :message_columns) r
    WHERE j.verdict = 'repeated'
    UNION ALL
    SELECT n, json_build_object('refusal', verdict, 'details',
      CASE verdict WHEN 'unknown_reply' THEN json_build_object('messageId', reply)
        ELSE json_build_object('conversationId', conversation) END)
    FROM judged WHERE verdict NOT IN ('new', 'repeated')
  ) judgements;
  RETURN answers;
END $$;
