import type { DatabaseSync } from 'node:sqlite'
import { nameKey, nameLook } from '../../lib/name-forms.ts'

/** Defines the SQL functions that migrations call: SQL cannot tell how names are compared, nor what they look like. */
export function defineNames(db: DatabaseSync): void {
  db.function('name_look', { deterministic: true }, (name) => nameLook(String(name)))
  db.function('name_key', { deterministic: true }, (name) => nameKey(String(name)))
}

/** Among old names that look alike one gets the look, one of plain ASCII if there is any; the others get null. */
export const LOOKS = `
ALTER TABLE accounts ADD COLUMN username_look TEXT;
ALTER TABLE conversations ADD COLUMN name_look TEXT CHECK (name_look IS NULL OR kind = 'open');
CREATE UNIQUE INDEX accounts_look ON accounts (username_look) WHERE username_look IS NOT NULL;
CREATE UNIQUE INDEX conversations_look ON conversations (name_look) WHERE name_look IS NOT NULL;
UPDATE accounts SET username_look = username_key WHERE username_key NOT GLOB '*[^!-~]*' AND username_key <> '';
UPDATE conversations SET name_look = name_key WHERE name_key NOT GLOB '*[^!-~]*' AND name_key <> '';
UPDATE OR IGNORE accounts SET username_look = nullif(name_look(username), '')
WHERE username_look IS NULL AND username_key IS NOT NULL;
UPDATE OR IGNORE conversations SET name_look = nullif(name_look(name), '')
WHERE name_look IS NULL AND name_key IS NOT NULL;
`
