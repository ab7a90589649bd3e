/** Columns and tables by which the oldest messages of conversations are purged. */
export const RETENTION = `
-- Without the reference to the last message: each message that goes would have all conversations looked through.
CREATE TABLE kept_conversations (
  id INTEGER PRIMARY KEY,
  gid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('private', 'group', 'open')),
  name TEXT,
  -- Only of an open one: there names are unique.
  name_key TEXT UNIQUE CHECK (name_key IS NULL OR kind = 'open'),
  name_look TEXT CHECK (name_look IS NULL OR kind = 'open'),
  -- 'low:high', the two account ids of a private one.
  pair TEXT UNIQUE CHECK ((pair IS NULL) = (kind <> 'private')),
  creator_id INTEGER NOT NULL REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  activity_at INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_change INTEGER NOT NULL DEFAULT 0,
  -- The newest that is not deleted.
  last_message_id INTEGER,
  -- Edits, deletions and purges so far: kept histories are true while they stay the same.
  rewrites INTEGER NOT NULL DEFAULT 0,
  topic TEXT,
  is_listed INTEGER NOT NULL DEFAULT 0,
  members_add INTEGER NOT NULL DEFAULT 1,
  -- The first message that is not purged.
  first_seq INTEGER NOT NULL DEFAULT 1,
  member_count INTEGER NOT NULL DEFAULT 0,
  -- Days that its messages are kept; null where only the server's own limit holds.
  retention_days INTEGER,
  -- Messages that were sent before that time are to go, whatever the days say.
  purge_before INTEGER,
  -- The id of the last message that was purged: no id is ever given again.
  purged_id INTEGER
) STRICT;
INSERT INTO kept_conversations (id, gid, kind, name, name_key, name_look, pair, creator_id, created_at, updated_at,
  activity_at, last_seq, last_change, last_message_id, rewrites, topic, is_listed, members_add, first_seq, member_count)
SELECT id, gid, kind, name, name_key, name_look, pair, creator_id, created_at, updated_at,
  activity_at, last_seq, last_change, last_message_id, rewrites, topic, is_listed, members_add, first_seq, member_count
FROM conversations ORDER BY id;
DROP TABLE conversations;
ALTER TABLE kept_conversations RENAME TO conversations;
CREATE UNIQUE INDEX conversations_look ON conversations (name_look) WHERE name_look IS NOT NULL;
CREATE INDEX conversations_directory ON conversations (name_key) WHERE is_listed = 1;
CREATE INDEX conversations_purged ON conversations (purged_id) WHERE purged_id IS NOT NULL;

-- The client ids of purged messages: a send that is repeated with one is answered, and stored no second time.
CREATE TABLE purged_sends (
  sender_id INTEGER NOT NULL REFERENCES accounts (id),
  client_id TEXT NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  change INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  purged_at INTEGER NOT NULL,
  PRIMARY KEY (sender_id, client_id)
) STRICT, WITHOUT ROWID;

-- Whatever refers to a message that goes is found without looking through all.
CREATE INDEX messages_replies ON messages (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX changes_message ON changes (message_id) WHERE message_id IS NOT NULL;

-- Conversations that are looked at often: they have a rule of their own, or messages that are to go now.
CREATE INDEX conversations_retained ON conversations (id)
WHERE retention_days IS NOT NULL OR purge_before IS NOT NULL;

-- Work that one node at a time does.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
