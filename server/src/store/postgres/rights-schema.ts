/** Facts of groups and open conversations, and the rights of their members. */
export const RIGHTS = `
ALTER TABLE conversations ADD COLUMN topic text;
ALTER TABLE conversations ADD COLUMN is_listed boolean NOT NULL DEFAULT false;
ALTER TABLE conversations ADD COLUMN members_add boolean NOT NULL DEFAULT true;
ALTER TABLE conversations ADD COLUMN first_seq bigint NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN member_count bigint NOT NULL DEFAULT 0;
UPDATE conversations SET member_count = (SELECT count(*) FROM members m WHERE m.conversation_id = conversations.id);
CREATE INDEX conversations_directory ON conversations (name_key) WHERE is_listed;

ALTER TABLE members ADD COLUMN role text NOT NULL DEFAULT 'member';
UPDATE members SET role = 'owner' WHERE id IN (
  SELECT m.id FROM conversations c
  JOIN members m ON m.conversation_id = c.id AND m.account_id = c.creator_id
  JOIN accounts a ON a.id = m.account_id
  WHERE c.kind <> 'private' AND NOT a.is_guest);

-- Accounts that were removed from an open conversation, and do not enter it by themselves.
CREATE TABLE bans (
  conversation_id bigint NOT NULL REFERENCES conversations (id),
  account_id bigint NOT NULL REFERENCES accounts (id),
  by_id bigint NOT NULL REFERENCES accounts (id),
  at bigint NOT NULL,
  PRIMARY KEY (conversation_id, account_id)
);
`
