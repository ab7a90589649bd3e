CREATE OR REPLACE FUNCTION chat_sessions_open(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  owner bigint := wanted->>'accountId';
  at bigint := wanted->>'at';
  ended json;
BEGIN
  PERFORM chat_require_exists(owner);
  IF wanted->>'credentialsSince' IS NOT NULL AND NOT EXISTS (
      SELECT FROM accounts WHERE id = owner AND credentials_since = (wanted->>'credentialsSince')::bigint) THEN
    PERFORM chat_refuse('wrong_credentials');
  END IF;
  -- A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT s.kind, s.digest FROM sessions s WHERE s.expires_at <= at LIMIT 100 FOR UPDATE SKIP LOCKED);
  WITH gone AS (
    DELETE FROM sessions WHERE (kind, digest) IN (
      SELECT s.kind, s.digest FROM sessions s WHERE s.account_id = owner AND s.kind = wanted->>'kind'
      ORDER BY s.last_used_at DESC OFFSET (wanted->>'max')::int - 1)
    RETURNING id
  )
  SELECT json_agg(id) INTO ended FROM gone;
  IF ended IS NOT NULL THEN
    PERFORM chat_account_notice(owner);
  END IF;
  INSERT INTO sessions (kind, digest, id, account_id, device, address, created_at, last_used_at, expires_at)
  VALUES (wanted->>'kind', wanted->>'digest', wanted->>'sessionId', owner, wanted->>'device', wanted->>'address',
    at, at, (wanted->>'expiresAt')::bigint);
  RETURN json_build_object('ended', coalesce(ended, '[]'));
END $$;

CREATE OR REPLACE FUNCTION chat_sessions_touch(wanted json) RETURNS json LANGUAGE sql AS $$
  UPDATE sessions SET last_used_at = greatest(last_used_at, (wanted->>'at')::bigint),
    expires_at = (wanted->>'expiresAt')::bigint
  WHERE id = wanted->>'sessionId' AND account_id = (wanted->>'accountId')::bigint
  RETURNING json_build_object('kind', kind, 'digest', digest)
$$;

CREATE OR REPLACE FUNCTION chat_sessions_end(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  ended json;
BEGIN
  DELETE FROM sessions WHERE id = wanted->>'sessionId' AND account_id = (wanted->>'accountId')::bigint
  RETURNING json_build_object('kind', kind, 'digest', digest) INTO ended;
  IF ended IS NOT NULL THEN
    PERFORM chat_account_notice((wanted->>'accountId')::bigint);
  END IF;
  RETURN ended;
END $$;
