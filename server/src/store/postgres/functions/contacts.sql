CREATE OR REPLACE FUNCTION chat_touch_contacts(one bigint, other bigint, is_gone boolean) RETURNS json
LANGUAGE sql AS $$
  SELECT json_build_object('touched', json_build_array(
    chat_touch(one, 'contact', other::text, is_gone), chat_touch(other, 'contact', one::text, is_gone)))
$$;

CREATE OR REPLACE FUNCTION chat_contacts_add(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  adder bigint := wanted->>'accountId';
  added bigint := wanted->>'contactId';
  at bigint := wanted->>'at';
BEGIN
  IF EXISTS (SELECT FROM contacts WHERE account_id = adder AND contact_id = added) THEN
    PERFORM chat_refuse('already_a_contact');
  END IF;
  PERFORM chat_require_exists(adder);
  PERFORM chat_require_reachable(added, adder);
  INSERT INTO contacts (account_id, contact_id, added_at) VALUES (adder, added, at), (added, adder, at);
  RETURN chat_touch_contacts(adder, added, false);
END $$;

CREATE OR REPLACE FUNCTION chat_contacts_remove(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  one bigint := wanted->>'accountId';
  other bigint := wanted->>'contactId';
BEGIN
  DELETE FROM contacts WHERE account_id = one AND contact_id = other OR account_id = other AND contact_id = one;
  IF NOT FOUND THEN
    RETURN '{"touched": []}';
  END IF;
  RETURN chat_touch_contacts(one, other, true);
END $$;

CREATE OR REPLACE FUNCTION chat_contacts_block(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_exists((wanted->>'blockerId')::bigint);
  PERFORM chat_require_exists((wanted->>'blockedId')::bigint);
  INSERT INTO blocks (blocked_id, blocker_id, blocked_at)
  VALUES ((wanted->>'blockedId')::bigint, (wanted->>'blockerId')::bigint, (wanted->>'at')::bigint)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN '{"touched": []}';
  END IF;
  RETURN json_build_object('touched',
    json_build_array(chat_touch((wanted->>'blockerId')::bigint, 'block', wanted->>'blockedId', false)));
END $$;

CREATE OR REPLACE FUNCTION chat_contacts_unblock(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM blocks
  WHERE blocked_id = (wanted->>'blockedId')::bigint AND blocker_id = (wanted->>'blockerId')::bigint;
  IF NOT FOUND THEN
    RETURN '{"touched": []}';
  END IF;
  RETURN json_build_object('touched',
    json_build_array(chat_touch((wanted->>'blockerId')::bigint, 'block', wanted->>'blockedId', true)));
END $$;
