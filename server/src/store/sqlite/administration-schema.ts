/** Columns and a table for administrators, and for conversations that they delete. */
export const ADMINISTRATION = `
ALTER TABLE accounts ADD COLUMN is_admin INTEGER NOT NULL DEFAULT 0;

-- Its row stays, so that its id is never given again. Nobody finds it by a name.
ALTER TABLE conversations ADD COLUMN deleted_at INTEGER;

-- Conversations that are to be deleted, until nothing is left of them.
CREATE TABLE conversation_removals (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id),
  wished_at INTEGER NOT NULL
) STRICT;
`
