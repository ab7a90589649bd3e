-- Conversations that are deleted, a step at a time. The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_has_removal_begun(conversation bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  kind text;
  at bigint;
BEGIN
  SELECT c.kind, c.deleted_at INTO kind, at FROM conversations c WHERE c.id = conversation;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  ELSIF kind = 'private' THEN
    PERFORM chat_refuse('forbidden', json_build_object('conversationId', conversation, 'isPrivate', true));
  END IF;
  RETURN at IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION chat_conversation_removals_wish(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
BEGIN
  IF chat_has_removal_begun(conversation) THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  INSERT INTO conversation_removals (conversation_id, wished_at) VALUES (conversation, (wanted->>'at')::bigint)
  ON CONFLICT DO NOTHING;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_shut_conversation(conversation bigint) RETURNS void LANGUAGE sql AS $$
  DELETE FROM invites i WHERE i.conversation_id = conversation;
  DELETE FROM bans b WHERE b.conversation_id = conversation;
$$;

CREATE OR REPLACE FUNCTION chat_conversation_removals_begin(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
BEGIN
  IF NOT chat_has_removal_begun(conversation) THEN
    -- Its members see the same name and topic until they go: no change tells them of another.
    UPDATE conversations SET deleted_at = (wanted->>'at')::bigint, name_key = NULL, name_look = NULL
    WHERE id = conversation;
    PERFORM chat_shut_conversation(conversation);
  END IF;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_conversation_removals_dismiss(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint;
  number bigint;
  dismissed json[] := '{}';
BEGIN
  IF NOT chat_has_removal_begun(conversation) THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  FOR account IN SELECT value::bigint FROM json_array_elements_text(wanted->'accountIds') LOOP
    IF chat_is_member(conversation, account) THEN
      number := chat_end(conversation, account, (wanted->>'at')::bigint, NULL);
      dismissed := dismissed || json_build_object('accountId', account, 'change', number, 'heir', NULL,
        'touched', json_build_array(chat_touch(account, 'membership', conversation::text, true)));
    END IF;
  END LOOP;
  RETURN array_to_json(dismissed);
END $$;

CREATE OR REPLACE FUNCTION chat_conversation_removals_finish(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
BEGIN
  IF NOT chat_has_removal_begun(conversation) THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  IF EXISTS (SELECT FROM members m WHERE m.conversation_id = conversation) THEN
    PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
  END IF;
  UPDATE conversations SET updated_at = (wanted->>'at')::bigint, name = NULL, name_key = NULL, name_look = NULL, topic = NULL,
    is_listed = false, retention_days = NULL
  WHERE id = conversation;
  PERFORM chat_shut_conversation(conversation);
  DELETE FROM conversation_removals r WHERE r.conversation_id = conversation;
  RETURN 'null';
END $$;
