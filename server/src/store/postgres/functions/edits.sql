-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_messages_edit(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  place bigint := wanted->>'seq';
  editor bigint := wanted->>'by';
  text_before messages%ROWTYPE;
  editor_role text;
  known bigint;
  number bigint;
  before json;
  named json;
  touched json;
BEGIN
  SELECT t.* INTO text_before FROM messages t
  WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place;
  SELECT m.role INTO editor_role FROM members m WHERE m.conversation_id = conversation AND m.account_id = editor;
  IF text_before.id IS NULL OR editor_role IS NULL THEN
    PERFORM chat_refuse('unknown_message', json_build_object('conversationId', conversation, 'seq', place));
  ELSIF text_before.sender_id <> editor THEN
    PERFORM chat_refuse('not_the_owner', json_build_object('conversationId', conversation, 'seq', place));
  ELSIF editor_role = 'reader' OR (SELECT :is_editor_blocked FROM conversations c WHERE c.id = conversation) THEN
    PERFORM chat_refuse('message_refused', json_build_object('conversationId', conversation));
  END IF;
  known := coalesce(text_before.text_change, text_before.change);
  IF known > (wanted->>'unlessChangedAfter')::bigint THEN
    PERFORM chat_refuse('precondition_failed', json_build_object('conversationId', conversation, 'seq', place));
  END IF;
  IF text_before.body = wanted->>'body' THEN
    RETURN chat_message_as_it_is(conversation, place, known, false, '[]');
  END IF;
  number := chat_record(conversation, 'edited', editor, text_before.id, (wanted->>'at')::bigint);
  INSERT INTO message_versions (conversation_id, seq, change, body, written_at)
  VALUES (conversation, place, known, text_before.body, coalesce(text_before.edited_at, text_before.sent_at));
  -- Without those who are no members any more.
  SELECT json_agg(e ORDER BY n) INTO named FROM json_array_elements(wanted->'mentions') WITH ORDINALITY AS m (e, n)
  WHERE e->>'account' IS NULL OR chat_is_member(conversation, (e->>'account')::bigint);
  before := coalesce(text_before.mentions, '[]')::json;
  DELETE FROM mentions WHERE conversation_id = conversation AND seq = place;
  INSERT INTO mentions (account_id, conversation_id, seq, message_id)
  SELECT DISTINCT coalesce((e->>'account')::bigint, 0), conversation, place, text_before.id
  FROM json_array_elements(named) AS m (e);
  SELECT coalesce(json_agg(chat_touch(account, 'mention', conversation || ':' || place, false) ORDER BY account), '[]')
  INTO touched FROM (
    SELECT (e->>'account')::bigint AS account FROM json_array_elements(named) AS m (e)
    WHERE e->>'account' IS NOT NULL
    EXCEPT SELECT (e->>'account')::bigint FROM json_array_elements(before) AS m (e)) a;
  UPDATE messages t
  SET body = wanted->>'body', edited_at = (wanted->>'at')::bigint, text_change = number, version = number,
    mentions = named::text
  WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place;
  PERFORM chat_search_hold();
  UPDATE search SET words = array_to_tsvector(ARRAY(SELECT json_array_elements_text(wanted->'words')))
  WHERE message_id = text_before.id;
  RETURN chat_message_as_it_is(conversation, place, number, true, touched);
END $$;

-- An older version's, from before edits named accounts.
DROP FUNCTION IF EXISTS chat_message_as_it_is(bigint, bigint, bigint, boolean);

CREATE OR REPLACE FUNCTION chat_message_as_it_is(conversation bigint, place bigint, change bigint, is_new boolean,
  touched json)
RETURNS json LANGUAGE sql AS $$
  SELECT json_build_object('message', row_to_json(r), 'change', change, 'isNew', is_new, 'touched', touched) FROM (
    SELECT :detail_columns FROM messages t
    WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place) r
$$;
