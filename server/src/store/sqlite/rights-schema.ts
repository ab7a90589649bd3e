/** The rights of members. */
export const RIGHTS = `
ALTER TABLE members ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
UPDATE members SET role = 'owner' WHERE id IN (
  SELECT m.id FROM conversations c
  JOIN members m ON m.conversation_id = c.id AND m.account_id = c.creator_id
  JOIN accounts a ON a.id = m.account_id
  WHERE c.kind <> 'private' AND a.is_guest = 0);
`
