/** Files that are uploaded, and hang on messages. */
export const FILES = `
CREATE TABLE uploads (
  -- Random: none is ever given again.
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  -- Bytes that have come and are on disk.
  received INTEGER NOT NULL,
  -- Null until all have come.
  sha256 TEXT,
  width INTEGER,
  height INTEGER,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  -- The message that it hangs on.
  conversation_id INTEGER REFERENCES conversations (id),
  seq INTEGER,
  -- Its bytes go next, and then the row.
  removed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_own ON uploads (account_id, id, size) WHERE removed_at IS NULL;
CREATE INDEX uploads_content ON uploads (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX uploads_message ON uploads (conversation_id, seq) WHERE conversation_id IS NOT NULL;
CREATE INDEX uploads_idle ON uploads (touched_at) WHERE conversation_id IS NULL AND removed_at IS NULL;
CREATE INDEX uploads_removed ON uploads (removed_at) WHERE removed_at IS NOT NULL;

-- JSON: see Attachment in core/types.ts. Null where there are none.
ALTER TABLE messages ADD COLUMN attachments TEXT;
`
