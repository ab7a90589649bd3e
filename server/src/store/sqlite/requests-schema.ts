/** Sessions that their account lists and ends one by one, and the keys of requests that may be repeated. */
export const REQUESTS = `
CREATE TABLE listed_sessions (
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  -- Random and public: by it a session is listed, and ended.
  id TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  device TEXT,
  address TEXT,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (kind, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO listed_sessions (kind, digest, id, account_id, created_at, last_used_at, expires_at)
SELECT kind, digest, lower(hex(randomblob(12))), account_id, last_used_at, last_used_at, expires_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE listed_sessions RENAME TO sessions;
CREATE INDEX sessions_account ON sessions (account_id, kind, last_used_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- The session that the account's last revocation has kept.
ALTER TABLE account_notices ADD COLUMN kept_session_id TEXT;

-- Requests that create something, by the keys that their clients gave them: a repeat is answered with the first result.
CREATE TABLE request_keys (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  -- A digest of the client's.
  key TEXT NOT NULL,
  operation TEXT NOT NULL,
  -- The one of the request's body.
  digest TEXT NOT NULL,
  -- The conversation or invite, as operation says.
  result_id INTEGER NOT NULL,
  -- Whether the request has made it, and not found it.
  is_new INTEGER NOT NULL,
  -- From which, with what only the server knows, an invite's code is made again.
  nonce TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_keys_age ON request_keys (account_id, at);
CREATE INDEX request_keys_expiry ON request_keys (at);
`
