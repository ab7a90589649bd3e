/** Columns and tables of what the native dialect shows of a message beyond the text, for the migration. */
export const DETAILS = `
-- Edits and deletions so far: kept histories are true while they stay the same.
ALTER TABLE conversations ADD COLUMN rewrites bigint NOT NULL DEFAULT 0;
UPDATE conversations c SET rewrites = h.deletions FROM (
  SELECT conversation_id, count(*) AS deletions FROM changes WHERE kind = 'deleted' GROUP BY conversation_id) h
WHERE h.conversation_id = c.id;
-- A tombstone's version is its deletion's change.
UPDATE messages t SET version = h.change FROM changes h
WHERE t.is_deleted AND h.conversation_id = t.conversation_id AND h.kind = 'deleted' AND h.message_id = t.id;

CREATE TABLE reactions (
  conversation_id bigint NOT NULL REFERENCES conversations (id),
  seq bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  account_id bigint NOT NULL REFERENCES accounts (id),
  at bigint NOT NULL,
  PRIMARY KEY (conversation_id, seq, key, account_id)
);
CREATE INDEX reactions_newest ON reactions (conversation_id, seq, key, at);
CREATE INDEX reactions_own ON reactions (account_id, conversation_id, seq);

CREATE TABLE mentions (
  -- 0 is everybody.
  account_id bigint NOT NULL,
  conversation_id bigint NOT NULL REFERENCES conversations (id),
  seq bigint NOT NULL,
  message_id bigint NOT NULL,
  PRIMARY KEY (account_id, conversation_id, seq)
);
CREATE INDEX mentions_newest ON mentions (account_id, message_id);
CREATE INDEX mentions_message ON mentions (conversation_id, seq);

-- Null where a message has nothing of it, as most have: then it takes no room.
ALTER TABLE messages ADD COLUMN is_markdown boolean;
-- The seq of the root of the thread that it is in.
ALTER TABLE messages ADD COLUMN thread bigint;
ALTER TABLE messages ADD COLUMN reply_count bigint;
ALTER TABLE messages ADD COLUMN last_reply_seq bigint;
ALTER TABLE messages ADD COLUMN pinned_at bigint;
-- JSON: see Mention and Reaction in core/types.ts.
ALTER TABLE messages ADD COLUMN mentions text;
ALTER TABLE messages ADD COLUMN reactions text;
CREATE INDEX messages_thread ON messages (conversation_id, thread, seq) WHERE thread IS NOT NULL;
CREATE INDEX messages_pinned ON messages (conversation_id, pinned_at) WHERE pinned_at IS NOT NULL;
`
