/** Facts of groups and open conversations, and the rights of their members. */
export const RIGHTS = `
ALTER TABLE conversations ADD COLUMN topic TEXT;
ALTER TABLE conversations ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN members_add INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN member_count INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET member_count = (SELECT count(*) FROM members m WHERE m.conversation_id = conversations.id);
CREATE INDEX conversations_directory ON conversations (name_key) WHERE is_listed = 1;

ALTER TABLE members ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
UPDATE members SET role = 'owner' WHERE id IN (
  SELECT m.id FROM conversations c
  JOIN members m ON m.conversation_id = c.id AND m.account_id = c.creator_id
  JOIN accounts a ON a.id = m.account_id
  WHERE c.kind <> 'private' AND a.is_guest = 0);

-- Accounts that were removed from an open conversation, and do not enter it by themselves.
CREATE TABLE bans (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  by_id INTEGER NOT NULL REFERENCES accounts (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  maker_id INTEGER NOT NULL REFERENCES accounts (id),
  digest TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX invites_conversation ON invites (conversation_id, id);
`
