-- The batch has locked the conversation.

-- Takes the oldest messages away, with all that hangs on them. The places of a conversation have no hole, so those from
-- its first on are the oldest.
CREATE OR REPLACE FUNCTION chat_retention_purge(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  before bigint := wanted->>'before';
  most bigint := wanted->>'limit';
  at bigint := wanted->>'at';
  c conversations%ROWTYPE;
  up_to bigint;
  ids bigint[];
  number bigint;
BEGIN
  SELECT * INTO c FROM conversations WHERE id = conversation;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  WITH oldest AS (
    SELECT t.seq, t.id, t.sent_at FROM messages t
    WHERE t.conversation_id = conversation AND t.is_deleted IN (false, true)
      AND t.seq >= c.first_seq AND t.seq < c.first_seq + most
  )
  SELECT max(o.seq), array_agg(o.id ORDER BY o.seq) INTO up_to, ids FROM oldest o
  WHERE o.seq < coalesce((SELECT min(y.seq) FROM oldest y WHERE y.sent_at >= before), o.seq + 1);
  IF up_to IS NULL THEN
    UPDATE conversations SET purge_before = NULL WHERE id = conversation AND purge_before <= before;
    RETURN 'null';
  END IF;
  -- The change names an account because each does. Nobody has made it.
  number := chat_record(conversation, 'purged', c.creator_id, NULL, at, json_build_object('upToSeq', up_to));
  -- One's own last message is one's mark, also where the row does not say so yet.
  UPDATE members m SET read_seq = own.seq
  FROM (SELECT t.sender_id, max(t.seq) AS seq FROM messages t WHERE t.id = ANY (ids) GROUP BY t.sender_id) own
  WHERE m.conversation_id = conversation AND m.account_id = own.sender_id
    AND own.seq > greatest(m.read_seq, m.sent_seq);
  INSERT INTO purged_sends (sender_id, client_id, conversation_id, seq, message_id, change, sent_at, purged_at)
  SELECT t.sender_id, t.client_id, t.conversation_id, t.seq, t.id, t.change, t.sent_at, at FROM messages t
  WHERE t.conversation_id = conversation AND t.is_deleted IN (false, true)
    AND t.seq BETWEEN c.first_seq AND up_to AND t.client_id IS NOT NULL;
  -- Replies within the range go themselves.
  UPDATE messages SET reply_to = NULL WHERE reply_to = ANY (ids) AND seq > up_to;
  -- Their numbers stay, and nothing else: the series has no holes.
  UPDATE changes SET message_id = NULL, data = NULL WHERE message_id = ANY (ids);
  UPDATE uploads f SET removed_at = at, name = '', conversation_id = NULL, seq = NULL
  WHERE f.conversation_id = conversation AND f.seq BETWEEN c.first_seq AND up_to;
  PERFORM chat_search_hold();
  DELETE FROM search WHERE message_id = ANY (ids);
  DELETE FROM message_versions v WHERE v.conversation_id = conversation AND v.seq BETWEEN c.first_seq AND up_to;
  DELETE FROM reactions r WHERE r.conversation_id = conversation AND r.seq BETWEEN c.first_seq AND up_to;
  DELETE FROM mentions n WHERE n.conversation_id = conversation AND n.seq BETWEEN c.first_seq AND up_to;
  DELETE FROM messages WHERE id = ANY (ids);
  UPDATE conversations SET first_seq = up_to + 1, purged_id = ids[cardinality(ids)],
    activity_at = CASE WHEN last_message_id <= ids[cardinality(ids)] THEN updated_at ELSE activity_at END,
    last_message_id = CASE WHEN last_message_id <= ids[cardinality(ids)] THEN NULL ELSE last_message_id END
  WHERE id = conversation;
  RETURN json_build_object('change', number, 'upToSeq', up_to, 'count', cardinality(ids));
END $$;

CREATE OR REPLACE FUNCTION chat_retention_wish(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
BEGIN
  UPDATE conversations SET purge_before = greatest(purge_before, (wanted->>'before')::bigint) WHERE id = conversation;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_retention_lease(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO leases (name, holder, until)
  VALUES (wanted->>'name', wanted->>'holder', (wanted->>'until')::bigint)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE leases.holder = excluded.holder OR leases.until <= (wanted->>'at')::bigint;
  RETURN to_json(FOUND);
END $$;
