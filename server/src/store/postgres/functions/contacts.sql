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
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_contacts_block(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_exists((wanted->>'blockerId')::bigint);
  PERFORM chat_require_exists((wanted->>'blockedId')::bigint);
  INSERT INTO blocks (blocked_id, blocker_id, blocked_at)
  VALUES ((wanted->>'blockedId')::bigint, (wanted->>'blockerId')::bigint, (wanted->>'at')::bigint)
  ON CONFLICT DO NOTHING;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_contacts_unblock(wanted json) RETURNS json LANGUAGE sql AS $$
  DELETE FROM blocks
  WHERE blocked_id = (wanted->>'blockedId')::bigint AND blocker_id = (wanted->>'blockerId')::bigint
  RETURNING 'null'::json
$$;
