-- Requests of an account that create something, by their keys. The batch has locked the account.

-- The first request of that key, all null if this is no repeat, or has no key.
CREATE OR REPLACE FUNCTION chat_repeated(account bigint, once json, at bigint) RETURNS request_keys
LANGUAGE plpgsql AS $$
DECLARE
  known request_keys%ROWTYPE;
BEGIN
  IF once IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT r.* INTO known FROM request_keys r
  WHERE r.account_id = account AND r.key = once->>'key' AND r.at > chat_repeated.at - :request_key_life;
  IF FOUND AND (known.operation <> once->>'operation' OR known.digest <> once->>'digest') THEN
    PERFORM chat_refuse('idempotency_key_reused');
  END IF;
  RETURN known;
END $$;

-- Does nothing for a request without a key.
CREATE OR REPLACE FUNCTION chat_keep_key(account bigint, once json, result bigint, is_new boolean, at bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF once IS NULL THEN
    RETURN;
  END IF;
  -- A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
  DELETE FROM request_keys WHERE (account_id, key) IN (
    SELECT r.account_id, r.key FROM request_keys r
    WHERE r.at <= chat_keep_key.at - :request_key_life LIMIT 100 FOR UPDATE SKIP LOCKED);
  DELETE FROM request_keys WHERE account_id = account AND key IN (
    SELECT r.key FROM request_keys r WHERE r.account_id = account
    ORDER BY r.at DESC OFFSET :max_request_keys - 1 LIMIT 100);
  -- An expired one of the same key may still be there.
  INSERT INTO request_keys AS r (account_id, key, operation, digest, result_id, is_new, nonce, at)
  VALUES (account, once->>'key', once->>'operation', once->>'digest', result, is_new, once->>'nonce', at)
  ON CONFLICT (account_id, key) DO UPDATE SET operation = excluded.operation, digest = excluded.digest,
    result_id = excluded.result_id, is_new = excluded.is_new, nonce = excluded.nonce, at = excluded.at;
END $$;
