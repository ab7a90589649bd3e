-- The ways in which a membership ends. The batch has locked the conversation.

-- The member who inherits: see `findHeir` of the port.
CREATE OR REPLACE FUNCTION chat_heir(conversation bigint, leaver bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT m.account_id FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = conversation AND m.account_id <> leaver AND NOT a.is_guest AND a.disabled_at IS NULL
  ORDER BY CASE m.role WHEN 'admin' THEN 1 WHEN 'moderator' THEN 2 WHEN 'member' THEN 3 ELSE 4 END, m.id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION chat_members_leave(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  at bigint := wanted->>'at';
  role text := chat_role(conversation, account);
  heir bigint;
  heir_change json;
  number bigint;
  touched json;
BEGIN
  -- A private conversation stays the pair's one: nobody leaves it.
  IF role IS NULL OR EXISTS (SELECT FROM conversations c WHERE c.id = conversation AND c.kind = 'private') THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  IF role = 'owner' THEN
    heir := chat_heir(conversation, account);
  END IF;
  IF heir IS DISTINCT FROM (wanted->>'heirId')::bigint THEN
    PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
  END IF;
  number := chat_end(conversation, account, at, NULL);
  touched := chat_touch(account, 'membership', conversation::text, true);
  IF heir IS NULL THEN
    RETURN json_build_object('change', number, 'heir', NULL, 'touched', json_build_array(touched));
  END IF;
  heir_change := chat_set_role(conversation, heir, 'owner', account, at);
  RETURN json_build_object('change', number, 'heir', heir_change,
    'touched', json_build_array(touched, chat_touch(heir, 'membership', conversation::text, false)));
END $$;

CREATE OR REPLACE FUNCTION chat_members_remove(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  remover bigint := wanted->>'byId';
  at bigint := wanted->>'at';
BEGIN
  PERFORM chat_require_role(conversation, remover, wanted->'seen'->>'by');
  PERFORM chat_require_role(conversation, account, wanted->'seen'->>'role');
  IF EXISTS (SELECT FROM conversations c WHERE c.id = conversation AND c.kind = 'private') THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  INSERT INTO bans (conversation_id, account_id, by_id, at)
  SELECT c.id, account, remover, (wanted->>'at')::bigint FROM conversations c
  WHERE c.id = conversation AND c.kind = 'open';
  RETURN json_build_object(
    'change', chat_end(conversation, account, at, json_build_object('by', remover)), 'heir', NULL,
    'touched', json_build_array(chat_touch(account, 'membership', conversation::text, true)));
END $$;

CREATE OR REPLACE FUNCTION chat_members_lift_ban(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_role((wanted->>'conversationId')::bigint, (wanted->>'byId')::bigint, wanted->'seen'->>'by');
  DELETE FROM bans
  WHERE conversation_id = (wanted->>'conversationId')::bigint AND account_id = (wanted->>'accountId')::bigint;
  RETURN 'null';
END $$;
