/** Columns and tables of what the native dialect shows of a message beyond the text, for the migration. */
export const DETAILS = `
-- Edits and deletions so far: kept histories are true while they stay the same.
ALTER TABLE conversations ADD COLUMN rewrites INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET rewrites = (
  SELECT count(*) FROM changes h WHERE h.conversation_id = conversations.id AND h.kind = 'deleted');
-- A tombstone's version is its deletion's change.
UPDATE messages SET version = h.change FROM changes h
WHERE messages.is_deleted = 1 AND h.conversation_id = messages.conversation_id AND h.kind = 'deleted'
  AND h.message_id = messages.id;

CREATE TABLE reactions (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, seq, key, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_newest ON reactions (conversation_id, seq, key, at);
CREATE INDEX reactions_own ON reactions (account_id, conversation_id, seq);

CREATE TABLE mentions (
  -- 0 is everybody.
  account_id INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, conversation_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_newest ON mentions (account_id, message_id);
CREATE INDEX mentions_message ON mentions (conversation_id, seq);

-- Null where a message has nothing of it, as most have: then it takes no room.
ALTER TABLE messages ADD COLUMN is_markdown INTEGER;
-- The seq of the root of the thread that it is in.
ALTER TABLE messages ADD COLUMN thread INTEGER;
ALTER TABLE messages ADD COLUMN reply_count INTEGER;
ALTER TABLE messages ADD COLUMN last_reply_seq INTEGER;
ALTER TABLE messages ADD COLUMN pinned_at INTEGER;
-- JSON: see Mention and Reaction in core/types.ts.
ALTER TABLE messages ADD COLUMN mentions TEXT;
ALTER TABLE messages ADD COLUMN reactions TEXT;
CREATE INDEX messages_thread ON messages (conversation_id, thread, seq) WHERE thread IS NOT NULL;
CREATE INDEX messages_pinned ON messages (conversation_id, pinned_at) WHERE pinned_at IS NOT NULL;
`
