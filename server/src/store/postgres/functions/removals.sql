-- The batch has locked the account, and the numbers of those that the caller knew as its contacts and blockers.

CREATE OR REPLACE FUNCTION chat_ids(list json) RETURNS bigint[] LANGUAGE sql AS $$
  SELECT coalesce(array_agg(value::bigint ORDER BY value::bigint), '{}') FROM json_array_elements_text(list)
$$;

CREATE OR REPLACE FUNCTION chat_removals_remove(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
  at bigint := wanted->>'at';
  contact_ids bigint[];
  blocker_ids bigint[];
  name json := wanted->'names'->0;
  since bigint;
  other bigint;
  touched json[] := '{}';
BEGIN
  IF EXISTS (SELECT FROM accounts a WHERE a.username_key = name->>'usernameKey'
      OR a.email_key = name->>'usernameKey' OR a.username_look = name->>'usernameLook') THEN
    name := wanted->'names'->1;
  END IF;
  UPDATE accounts a SET uuid = wanted->>'uuid', username = name->>'username', display_name = name->>'username', display_key = NULL,
    username_key = name->>'usernameKey', username_look = name->>'usernameLook', email = NULL, email_key = NULL,
    email_confirmed = false, bio = NULL, settings = NULL, password_hash = NULL, is_admin = false, current_conversation_id = NULL,
    updated_at = at, deleted_at = at
  WHERE a.id = account AND a.password_hash = wanted->>'old';
  IF NOT FOUND THEN
    PERFORM chat_refuse('wrong_credentials');
  END IF;
  since := chat_accounts_revoke(json_build_object('accountId', account, 'at', at, 'disable', true))::text::bigint;
  SELECT coalesce(array_agg(k.contact_id ORDER BY k.contact_id), '{}') INTO contact_ids
  FROM contacts k WHERE k.account_id = account;
  SELECT coalesce(array_agg(b.blocker_id ORDER BY b.blocker_id), '{}') INTO blocker_ids
  FROM blocks b WHERE b.blocked_id = account;
  IF contact_ids <> chat_ids(wanted->'contactIds') OR blocker_ids <> chat_ids(wanted->'blockerIds') THEN
    PERFORM chat_refuse('conflict');
  END IF;
  -- Contacts are mutual: the other's row is found by the index of the account's own.
  DELETE FROM contacts k WHERE k.account_id = ANY (contact_ids) AND k.contact_id = account;
  DELETE FROM contacts k WHERE k.account_id = account;
  DELETE FROM blocks b WHERE b.blocker_id = account OR b.blocked_id = account;
  -- Files on messages stay with these.
  UPDATE uploads f SET removed_at = at, name = ''
  WHERE f.account_id = account AND f.conversation_id IS NULL AND f.removed_at IS NULL;
  INSERT INTO account_removals (account_id, message_id, removes_messages)
  VALUES (account, 0, (wanted->>'removesMessages')::boolean);
  FOREACH other IN ARRAY contact_ids LOOP
    touched := touched || chat_touch(other, 'contact', account::text, true);
  END LOOP;
  FOREACH other IN ARRAY blocker_ids LOOP
    touched := touched || chat_touch(other, 'block', account::text, true);
  END LOOP;
  IF (wanted->>'leavesNotices')::boolean THEN
    FOREACH other IN ARRAY contact_ids || blocker_ids LOOP
      PERFORM chat_account_notice(other);
    END LOOP;
  END IF;
  RETURN json_build_object('credentialsSince', since, 'touched', array_to_json(touched));
END $$;

CREATE OR REPLACE FUNCTION chat_removals_note(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF wanted->>'messageId' IS NULL THEN
    DELETE FROM account_removals WHERE account_id = (wanted->>'accountId')::bigint;
  ELSE
    UPDATE account_removals SET message_id = greatest(message_id, (wanted->>'messageId')::bigint)
    WHERE account_id = (wanted->>'accountId')::bigint;
  END IF;
  RETURN 'null';
END $$;
