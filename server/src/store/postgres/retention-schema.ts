/** Columns and tables by which the oldest messages of conversations are purged. */
export const RETENTION = `
-- Days that its messages are kept; null where only the server's own limit holds.
ALTER TABLE conversations ADD COLUMN retention_days bigint;
-- Messages that were sent before that time are to go, whatever the days say.
ALTER TABLE conversations ADD COLUMN purge_before bigint;
-- The id of the last message that was purged: no id is ever given again.
ALTER TABLE conversations ADD COLUMN purged_id bigint;
CREATE INDEX conversations_purged ON conversations (purged_id) WHERE purged_id IS NOT NULL;

-- The client ids of purged messages: a send that is repeated with one is answered, and stored no second time.
CREATE TABLE purged_sends (
  sender_id bigint NOT NULL REFERENCES accounts (id),
  client_id text COLLATE "C" NOT NULL,
  conversation_id bigint NOT NULL REFERENCES conversations (id),
  seq bigint NOT NULL,
  message_id bigint NOT NULL,
  change bigint NOT NULL,
  sent_at bigint NOT NULL,
  purged_at bigint NOT NULL,
  PRIMARY KEY (sender_id, client_id)
);

-- Whatever refers to a message that goes is found without looking through all.
CREATE INDEX messages_replies ON messages (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX changes_message ON changes (message_id) WHERE message_id IS NOT NULL;

-- Conversations that are looked at often: they have a rule of their own, or messages that are to go now.
CREATE INDEX conversations_retained ON conversations (id)
WHERE retention_days IS NOT NULL OR purge_before IS NOT NULL;

-- Work that one node at a time does.
CREATE TABLE leases (
  name text PRIMARY KEY,
  holder text NOT NULL,
  until bigint NOT NULL
);
`
