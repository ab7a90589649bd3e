-- The batch has locked the conversation.

-- Leaves a tombstone, and answers its change. All that hangs on the message goes with its text.
CREATE OR REPLACE FUNCTION chat_bury(message messages, deleter bigint, at bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  newest messages%ROWTYPE;
  number bigint := chat_record(message.conversation_id, 'deleted', deleter, message.id, at);
BEGIN
  UPDATE messages
  SET body = '', is_deleted = true, deleted_at = at, version = number, mentions = NULL, reactions = NULL,
    attachments = NULL, pinned_at = NULL
  WHERE id = message.id;
  DELETE FROM message_versions WHERE conversation_id = message.conversation_id AND seq = message.seq;
  DELETE FROM reactions WHERE conversation_id = message.conversation_id AND seq = message.seq;
  DELETE FROM mentions WHERE conversation_id = message.conversation_id AND seq = message.seq;
  UPDATE uploads f SET removed_at = chat_bury.at, name = '', conversation_id = NULL, seq = NULL
  WHERE f.conversation_id = message.conversation_id AND f.seq = message.seq;
  PERFORM chat_search_hold();
  DELETE FROM search WHERE message_id = message.id;
  IF message.thread IS NOT NULL THEN
    UPDATE messages SET reply_count = reply_count - 1, version = number, last_reply_seq = (
      SELECT max(r.seq) FROM messages r
      WHERE r.conversation_id = message.conversation_id AND r.thread = message.thread AND NOT r.is_deleted)
    WHERE conversation_id = message.conversation_id AND is_deleted IN (false, true) AND seq = message.thread;
  END IF;
  SELECT t.* INTO newest FROM messages t
  WHERE t.conversation_id = message.conversation_id AND NOT t.is_deleted ORDER BY t.seq DESC LIMIT 1;
  -- Only if the message that went was the last one.
  UPDATE conversations
  SET last_message_id = newest.id, activity_at = coalesce(newest.sent_at, updated_at)
  WHERE id = message.conversation_id AND last_message_id = message.id;
  RETURN number;
END $$;

CREATE OR REPLACE FUNCTION chat_messages_delete(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  message bigint := wanted->>'messageId';
  deleter bigint := wanted->>'by';
  found_one messages%ROWTYPE;
BEGIN
  SELECT t.* INTO found_one FROM messages t JOIN members m ON m.conversation_id = t.conversation_id
  WHERE t.id = message AND m.account_id = deleter AND NOT t.is_deleted;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_message', json_build_object('messageId', message));
  ELSIF found_one.sender_id <> deleter THEN
    PERFORM chat_refuse('not_the_owner', json_build_object('messageId', message));
  END IF;
  RETURN json_build_object('conversationId', found_one.conversation_id, 'messageId', message, 'seq', found_one.seq,
    'change', chat_bury(found_one, deleter, (wanted->>'at')::bigint));
END $$;

CREATE OR REPLACE FUNCTION chat_messages_remove(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  place bigint := wanted->>'seq';
  deleter bigint := wanted->>'by';
  at bigint := wanted->>'at';
  found_one messages%ROWTYPE;
  number bigint;
BEGIN
  SELECT t.* INTO found_one FROM messages t JOIN members m ON m.conversation_id = t.conversation_id
  WHERE t.conversation_id = conversation AND t.is_deleted IN (false, true) AND t.seq = place
    AND m.account_id = deleter;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_message', json_build_object('conversationId', conversation, 'seq', place));
  END IF;
  PERFORM chat_require_role(conversation, deleter, wanted->>'seen');
  IF NOT found_one.is_deleted AND found_one.sender_id <> deleter AND NOT (wanted->>'mayBeAnothers')::boolean THEN
    PERFORM chat_refuse('not_the_owner', json_build_object('conversationId', conversation, 'seq', place));
  END IF;
  number := CASE WHEN found_one.is_deleted THEN found_one.version ELSE chat_bury(found_one, deleter, at) END;
  RETURN json_build_object('conversationId', conversation, 'messageId', found_one.id, 'seq', place,
    'change', number, 'deletedAt', coalesce(found_one.deleted_at, at), 'isNew', NOT found_one.is_deleted);
END $$;

-- As a removal, for an account that is removed: it is a member of nothing any more, and takes back what it has sent.
CREATE OR REPLACE FUNCTION chat_removals_take_back(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  place bigint := wanted->>'seq';
  sender bigint := wanted->>'senderId';
  found_one messages%ROWTYPE;
BEGIN
  SELECT t.* INTO found_one FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place AND t.sender_id = sender
    AND a.deleted_at IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_message', json_build_object('conversationId', conversation, 'seq', place));
  END IF;
  RETURN json_build_object('conversationId', conversation, 'messageId', found_one.id, 'seq', place,
    'change', chat_bury(found_one, sender, (wanted->>'at')::bigint));
END $$;
