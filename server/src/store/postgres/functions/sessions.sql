CREATE OR REPLACE FUNCTION chat_sessions_open(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  owner bigint := wanted->>'accountId';
  at bigint := wanted->>'at';
BEGIN
  PERFORM chat_require_exists(owner);
  -- A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT s.kind, s.digest FROM sessions s WHERE s.expires_at <= at LIMIT 100 FOR UPDATE SKIP LOCKED);
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT s.kind, s.digest FROM sessions s WHERE s.account_id = owner AND s.kind = wanted->>'kind'
    ORDER BY s.last_used_at DESC OFFSET (wanted->>'max')::int - 1);
  INSERT INTO sessions (kind, digest, account_id, last_used_at, expires_at)
  VALUES (wanted->>'kind', wanted->>'digest', owner, at, (wanted->>'expiresAt')::bigint);
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_sessions_touch(wanted json) RETURNS json LANGUAGE sql AS $$
  UPDATE sessions SET last_used_at = greatest(last_used_at, (wanted->>'at')::bigint),
    expires_at = (wanted->>'expiresAt')::bigint
  WHERE kind = wanted->>'kind' AND digest = wanted->>'digest'
  RETURNING 'null'::json
$$;
