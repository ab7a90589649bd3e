-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_member(conversation bigint, account bigint) RETURNS json LANGUAGE sql AS $$
  SELECT row_to_json(r) FROM (
    SELECT :member_columns FROM members m JOIN accounts a ON a.id = m.account_id
    WHERE m.conversation_id = conversation AND m.account_id = account) r
$$;

CREATE OR REPLACE FUNCTION chat_is_member(conversation bigint, account bigint) RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM members WHERE conversation_id = conversation AND account_id = account)
$$;

-- Without a message, what happened last is this.
CREATE OR REPLACE FUNCTION chat_move(conversation bigint, at bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE conversations
  SET updated_at = at, activity_at = CASE WHEN last_message_id IS NULL THEN at ELSE activity_at END
  WHERE id = conversation
$$;

CREATE OR REPLACE FUNCTION chat_members_join(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  adder bigint := wanted->'added'->>'byId';
  at bigint := wanted->>'at';
  kind text;
  members_add boolean;
  number bigint;
BEGIN
  SELECT c.kind, c.members_add, c.last_change INTO kind, members_add, number
  FROM conversations c WHERE c.id = conversation AND c.deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  IF adder IS NOT NULL AND (kind = 'private' OR NOT chat_is_member(conversation, adder)) THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  IF adder IS NOT NULL THEN
    PERFORM chat_require_role(conversation, adder, wanted->'added'->'seen'->>'by');
    IF members_add <> (wanted->'added'->'seen'->>'membersAdd')::boolean THEN
      PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
    END IF;
  END IF;
  IF chat_is_member(conversation, account) THEN
    RETURN json_build_object('member', chat_member(conversation, account), 'change', number, 'isNew', false,
      'touched', '[]'::json);
  END IF;
  IF adder IS NULL AND kind <> 'open' THEN
    PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
  END IF;
  IF EXISTS (SELECT FROM bans b WHERE b.conversation_id = conversation AND b.account_id = account) THEN
    IF adder IS NULL THEN
      PERFORM chat_refuse('unknown_conversation', json_build_object('conversationId', conversation));
    ELSIF NOT (wanted->'added'->>'liftsBan')::boolean THEN
      PERFORM chat_refuse('forbidden', json_build_object('conversationId', conversation));
    END IF;
    DELETE FROM bans b WHERE b.conversation_id = conversation AND b.account_id = account;
  END IF;
  PERFORM chat_require_admissible(account, coalesce(adder, account), kind);
  RETURN chat_begin(conversation, account, at);
END $$;

-- Makes a member of one who may be, and is none.
CREATE OR REPLACE FUNCTION chat_begin(conversation bigint, account bigint, at bigint) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
BEGIN
  -- Nothing that was sent before is unread.
  INSERT INTO members (conversation_id, account_id, joined_at, read_seq, sent_seq)
  SELECT c.id, account, at, c.last_seq, c.last_seq FROM conversations c WHERE c.id = conversation;
  UPDATE conversations SET member_count = member_count + 1 WHERE id = conversation;
  number := chat_record(conversation, 'joined', account, NULL, at);
  PERFORM chat_move(conversation, at);
  RETURN json_build_object('member', chat_member(conversation, account), 'change', number, 'isNew', true,
    'touched', json_build_array(chat_touch(account, 'membership', conversation::text, false)));
END $$;

-- Ends the membership of a member; `data` is kept with the change.
CREATE OR REPLACE FUNCTION chat_end(conversation bigint, account bigint, at bigint, data json) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
BEGIN
  DELETE FROM members WHERE conversation_id = conversation AND account_id = account;
  UPDATE conversations SET member_count = member_count - 1 WHERE id = conversation;
  number := chat_record(conversation, 'left', account, NULL, at, data);
  PERFORM chat_move(conversation, at);
  RETURN number;
END $$;

CREATE OR REPLACE FUNCTION chat_members_mark_read(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
BEGIN
  UPDATE members SET last_read_at = greatest(last_read_at, (wanted->>'at')::bigint),
    last_read_seq = (SELECT last_seq FROM conversations WHERE id = conversation)
  WHERE conversation_id = conversation AND account_id = (wanted->>'accountId')::bigint;
  IF NOT FOUND THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_members_set_current(wanted json) RETURNS json LANGUAGE sql AS $$
  UPDATE accounts SET current_conversation_id = (wanted->>'conversationId')::bigint
  WHERE id = (wanted->>'accountId')::bigint
  RETURNING 'null'::json
$$;
