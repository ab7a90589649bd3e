-- An older version's, from before names were told apart by their looks.
DROP FUNCTION IF EXISTS chat_require_free(text, text);

-- Names and addresses share one space, so that 'username or email' always means one account.
CREATE OR REPLACE FUNCTION chat_require_free(username_key text, username_look text, email_key text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  is_name_taken boolean := EXISTS (SELECT FROM accounts a
    WHERE a.username_key = chat_require_free.username_key OR a.email_key = chat_require_free.username_key
      OR a.username_look = chat_require_free.username_look);
  is_email_taken boolean := EXISTS (SELECT FROM accounts a
    WHERE a.username_key = chat_require_free.email_key OR a.email_key = chat_require_free.email_key);
BEGIN
  IF is_name_taken AND is_email_taken THEN
    PERFORM chat_refuse('name_taken', '{"fields": ["username", "email"]}');
  ELSIF is_name_taken THEN
    PERFORM chat_refuse('name_taken', '{"fields": ["username"]}');
  ELSIF is_email_taken THEN
    PERFORM chat_refuse('email_taken', '{"fields": ["email"]}');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_create(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  at bigint := wanted->>'at';
  new_id bigint;
BEGIN
  PERFORM chat_require_free(wanted->>'usernameKey', wanted->>'usernameLook', wanted->>'emailKey');
  INSERT INTO accounts (uuid, username, username_key, username_look, display_name, display_key, email,
    email_key, password_hash, is_guest, created_at, updated_at, last_seen_at)
  VALUES (wanted->>'uuid', wanted->>'username', wanted->>'usernameKey', wanted->>'usernameLook',
    wanted->>'displayName', wanted->>'displayKey', wanted->>'email', wanted->>'emailKey', wanted->>'passwordHash',
    wanted->>'passwordHash' IS NULL, at, at, at)
  RETURNING id INTO new_id;
  RETURN to_json(new_id);
END $$;

-- An older version's.
DROP FUNCTION IF EXISTS chat_accounts_set_bio(json);

-- A field that is not given stays as it is.
CREATE OR REPLACE FUNCTION chat_accounts_set_profile(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
  before accounts%ROWTYPE;
  later accounts%ROWTYPE;
BEGIN
  SELECT a.* INTO before FROM accounts a WHERE a.id = account;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
  later := before;
  IF wanted->'displayName' IS NOT NULL THEN
    later.display_name := wanted->>'displayName';
    later.display_key := nullif(wanted->>'displayKey', later.username_key);
  END IF;
  IF wanted->'bio' IS NOT NULL THEN
    later.bio := wanted->>'bio';
  END IF;
  IF wanted->'email' IS NOT NULL THEN
    later.email := wanted->>'email';
    later.email_key := wanted->>'emailKey';
  END IF;
  IF later IS NOT DISTINCT FROM before THEN
    RETURN '{"touched": []}';
  END IF;
  IF EXISTS (SELECT FROM accounts a
      WHERE (a.username_key = later.email_key OR a.email_key = later.email_key) AND a.id <> account) THEN
    PERFORM chat_refuse('email_taken', '{"fields": ["email"]}');
  END IF;
  UPDATE accounts a SET display_name = later.display_name, display_key = later.display_key, bio = later.bio, email = later.email,
    email_key = later.email_key, updated_at = (wanted->>'at')::bigint,
    email_confirmed = a.email_confirmed AND a.email_key IS NOT DISTINCT FROM later.email_key
  WHERE a.id = account;
  RETURN json_build_object('touched', json_build_array(chat_touch(account, 'profile', '', false)));
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_set_settings(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
BEGIN
  PERFORM chat_require_exists(account);
  UPDATE accounts SET settings = wanted->>'settings'
  WHERE id = account AND settings IS DISTINCT FROM wanted->>'settings';
  IF NOT FOUND THEN
    RETURN '{"touched": []}';
  END IF;
  RETURN json_build_object('touched', json_build_array(chat_touch(account, 'settings', '', false)));
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_replace_hash(wanted json) RETURNS json LANGUAGE sql AS $$
  UPDATE accounts SET password_hash = wanted->>'renewed'
  WHERE id = (wanted->>'accountId')::bigint AND password_hash = wanted->>'old'
  RETURNING 'null'::json
$$;

CREATE OR REPLACE FUNCTION chat_accounts_set_seen(wanted json) RETURNS json LANGUAGE sql AS $$
  UPDATE accounts SET last_seen_at = greatest(last_seen_at, (wanted->>'at')::bigint)
  WHERE id = (wanted->>'accountId')::bigint
  RETURNING 'null'::json
$$;

CREATE OR REPLACE FUNCTION chat_account_notice(account bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO account_notices AS n (account_id, number) VALUES (account, nextval('account_notice_numbers'))
  ON CONFLICT (account_id) DO UPDATE SET number = excluded.number
$$;

CREATE OR REPLACE FUNCTION chat_accounts_revoke(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
  since bigint;
  kept text;
BEGIN
  UPDATE sessions SET last_used_at = greatest(last_used_at, (wanted->'keep'->>'at')::bigint),
    expires_at = greatest(expires_at, (wanted->'keep'->>'expiresAt')::bigint)
  WHERE id = wanted->'keep'->>'sessionId' AND account_id = account
  RETURNING id INTO kept;
  IF kept IS NULL AND wanted->'keep' IS NOT NULL THEN
    PERFORM chat_refuse('wrong_credentials');
  END IF;
  DELETE FROM sessions WHERE account_id = account AND id IS DISTINCT FROM kept;
  UPDATE accounts SET credentials_since = greatest(credentials_since + 1, (wanted->>'at')::bigint),
    disabled_at = CASE WHEN (wanted->>'disable')::boolean THEN coalesce(disabled_at, (wanted->>'at')::bigint)
      ELSE disabled_at END
  WHERE id = account
  RETURNING credentials_since INTO since;
  IF since IS NULL THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
  PERFORM chat_account_notice(account);
  UPDATE account_notices SET kept_session_id = kept WHERE account_id = account;
  RETURN to_json(since);
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_enable(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET disabled_at = NULL
  WHERE id = (wanted->>'accountId')::bigint AND deleted_at IS NULL;
  IF FOUND THEN
    PERFORM chat_account_notice((wanted->>'accountId')::bigint);
  END IF;
  RETURN 'null'::json;
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_set_admin(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
  admin boolean := wanted->>'isAdmin';
BEGIN
  UPDATE accounts SET is_admin = admin
  WHERE id = account AND (NOT admin OR (NOT is_guest AND deleted_at IS NULL));
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
  PERFORM chat_account_notice(account);
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_set_password(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET password_hash = wanted->>'passwordHash', updated_at = (wanted->>'at')::bigint
  WHERE id = (wanted->>'accountId')::bigint AND (wanted->>'old' IS NULL OR password_hash = wanted->>'old');
  IF NOT FOUND AND wanted->>'old' IS NOT NULL THEN
    PERFORM chat_refuse('wrong_credentials');
  END IF;
  RETURN chat_accounts_revoke(wanted);
END $$;

CREATE OR REPLACE FUNCTION chat_accounts_free_guests(wanted json) RETURNS json LANGUAGE sql AS $$
  WITH idle AS (
    -- Each node looks every hour: whom another is just freeing is left to it.
    SELECT id FROM accounts
    WHERE is_guest AND username_key IS NOT NULL AND last_seen_at < (wanted->>'unseenSince')::bigint
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
  ), freed AS (
    UPDATE accounts a SET username_key = NULL, username_look = NULL FROM idle WHERE a.id = idle.id RETURNING 1
  )
  SELECT to_json(count(*)) FROM freed
$$;
