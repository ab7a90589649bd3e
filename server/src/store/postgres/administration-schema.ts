/** Columns and a table for administrators, and for conversations that they delete. */
export const ADMINISTRATION = `
ALTER TABLE accounts ADD COLUMN is_admin boolean NOT NULL DEFAULT false;

-- Its row stays, so that its id is never given again. Nobody finds it by a name.
ALTER TABLE conversations ADD COLUMN deleted_at bigint;

-- Conversations that are to be deleted, until nothing is left of them.
CREATE TABLE conversation_removals (
  conversation_id bigint PRIMARY KEY REFERENCES conversations (id),
  wished_at bigint NOT NULL
);
`
