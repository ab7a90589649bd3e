/** Files that are uploaded, and hang on messages. */
export const FILES = `
CREATE TABLE uploads (
  -- Random: none is ever given again.
  id text COLLATE "C" PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts (id),
  name text NOT NULL,
  type text NOT NULL,
  size bigint NOT NULL,
  -- Bytes that have come and are on disk.
  received bigint NOT NULL,
  -- Null until all have come.
  sha256 text COLLATE "C",
  width bigint,
  height bigint,
  created_at bigint NOT NULL,
  touched_at bigint NOT NULL,
  -- The message that it hangs on.
  conversation_id bigint REFERENCES conversations (id),
  seq bigint,
  -- Its bytes go next, and then the row.
  removed_at bigint
);
CREATE INDEX uploads_own ON uploads (account_id, id, size) WHERE removed_at IS NULL;
CREATE INDEX uploads_content ON uploads (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX uploads_message ON uploads (conversation_id, seq) WHERE conversation_id IS NOT NULL;
CREATE INDEX uploads_idle ON uploads (touched_at) WHERE conversation_id IS NULL AND removed_at IS NULL;
CREATE INDEX uploads_removed ON uploads (removed_at) WHERE removed_at IS NOT NULL;

-- JSON: see Attachment in core/types.ts. Null where there are none.
ALTER TABLE messages ADD COLUMN attachments text;
`
