/** Sessions that their account lists and ends one by one, and the keys of requests that may be repeated. */
export const REQUESTS = `
-- Random and public: by it a session is listed, and ended.
ALTER TABLE sessions ADD COLUMN id text COLLATE "C";
ALTER TABLE sessions ADD COLUMN device text;
ALTER TABLE sessions ADD COLUMN address text;
ALTER TABLE sessions ADD COLUMN created_at bigint;
UPDATE sessions SET id = replace(gen_random_uuid()::text, '-', ''), created_at = last_used_at;
ALTER TABLE sessions ALTER COLUMN id SET NOT NULL, ALTER COLUMN created_at SET NOT NULL, ADD UNIQUE (id);

-- The session that the account's last revocation has kept.
ALTER TABLE account_notices ADD COLUMN kept_session_id text;

-- Requests that create something, by the keys that their clients gave them: a repeat is answered with the first result.
CREATE TABLE request_keys (
  account_id bigint NOT NULL REFERENCES accounts (id),
  -- A digest of the client's.
  key text COLLATE "C" NOT NULL,
  operation text NOT NULL,
  -- The one of the request's body.
  digest text NOT NULL,
  -- The conversation or invite, as operation says.
  result_id bigint NOT NULL,
  -- Whether the request has made it, and not found it.
  is_new boolean NOT NULL,
  -- From which, with what only the server knows, an invite's code is made again.
  nonce text,
  at bigint NOT NULL,
  PRIMARY KEY (account_id, key)
);
CREATE INDEX request_keys_age ON request_keys (account_id, at);
CREATE INDEX request_keys_expiry ON request_keys (at);
`
