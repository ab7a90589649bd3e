-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_role(conversation bigint, account bigint) RETURNS text LANGUAGE sql AS $$
  SELECT role FROM members WHERE conversation_id = conversation AND account_id = account
$$;

-- Refuses unless the account is a member, and of the role that the caller saw.
CREATE OR REPLACE FUNCTION chat_require_role(conversation bigint, account bigint, seen text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  role text := chat_role(conversation, account);
BEGIN
  IF role IS NULL THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  ELSIF role <> seen THEN
    PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION chat_set_role(conversation bigint, account bigint, new_role text, by bigint, at bigint)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
BEGIN
  UPDATE members SET role = new_role WHERE conversation_id = conversation AND account_id = account;
  number := chat_record(conversation, 'member_changed', account, NULL, at, json_build_object('by', by));
  RETURN json_build_object('member', chat_member(conversation, account), 'change', number);
END $$;

CREATE OR REPLACE FUNCTION chat_members_change_role(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  changer bigint := wanted->>'byId';
  at bigint := wanted->>'at';
  changed json;
BEGIN
  PERFORM chat_require_role(conversation, changer, wanted->'seen'->>'by');
  PERFORM chat_require_role(conversation, account, wanted->'seen'->>'role');
  IF wanted->>'role' = wanted->'seen'->>'role' THEN
    RETURN json_build_object('changed', '[]'::json, 'touched', '[]'::json);
  END IF;
  IF wanted->>'role' <> 'owner' THEN
    changed := json_build_array(chat_set_role(conversation, account, wanted->>'role', changer, at));
    RETURN json_build_object('changed', changed,
      'touched', json_build_array(chat_touch(account, 'membership', conversation::text, false)));
  END IF;
  IF wanted->'seen'->>'by' <> 'owner' THEN
    PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
  END IF;
  changed := json_build_array(chat_set_role(conversation, account, 'owner', changer, at),
    chat_set_role(conversation, changer, 'admin', changer, at));
  RETURN json_build_object('changed', changed, 'touched', json_build_array(
    chat_touch(account, 'membership', conversation::text, false),
    chat_touch(changer, 'membership', conversation::text, false)));
END $$;
