/** Accounts that are found by the beginnings of their names, and what a database keeps for its servers. */
export const SEARCHES = `
-- As names are compared. Null where it would be the key of the username.
ALTER TABLE accounts ADD COLUMN display_key TEXT;
UPDATE accounts SET display_key = name_key(display_name)
WHERE name_key(display_name) <> coalesce(username_key, '') AND is_guest = 0 AND deleted_at IS NULL;
CREATE INDEX accounts_by_username ON accounts (username_key, id) WHERE is_guest = 0 AND disabled_at IS NULL;
CREATE INDEX accounts_by_display ON accounts (display_key, id)
WHERE display_key IS NOT NULL AND is_guest = 0 AND disabled_at IS NULL;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
