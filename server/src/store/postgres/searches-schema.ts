import { nameKey } from '../../lib/name-forms.ts'
import type { DedicatedConnection } from './driver/index.ts'

/** Accounts that are found by the beginnings of their names. */
export const SEARCHES = `
-- As names are compared. Null where it would be the key of the username.
ALTER TABLE accounts ADD COLUMN display_key text COLLATE "C";
CREATE INDEX accounts_by_username ON accounts (username_key, id) WHERE NOT is_guest AND disabled_at IS NULL;
CREATE INDEX accounts_by_display ON accounts (display_key, id)
WHERE display_key IS NOT NULL AND NOT is_guest AND disabled_at IS NULL;
`

const PAGE = 1000

const NAMES = `
  SELECT id::text AS id, display_name AS "displayName", username_key AS "usernameKey" FROM accounts
  WHERE id > $1::bigint AND display_name <> username AND NOT is_guest AND deleted_at IS NULL ORDER BY id LIMIT ${PAGE}`

const RECORD = `
  UPDATE accounts a SET display_key = n.key FROM json_to_recordset($1::text::json) AS n (id bigint, key text)
  WHERE a.id = n.id`

interface NameRow {
  readonly id: string
  readonly displayName: string
  readonly usernameKey: string | null
}

/** Records how display names are compared: SQL cannot tell. */
export async function recordDisplayKeys(connection: DedicatedConnection): Promise<void> {
  let after: string | undefined = '0'
  while (after !== undefined) {
    const rows: readonly NameRow[] = await connection.query<NameRow>(NAMES, [after])
    const keys = rows.map(({ id, displayName, usernameKey }) => ({
      id,
      key: nameKey(displayName),
      usernameKey,
    }))
    const differing = keys.filter(({ key, usernameKey }) => key !== usernameKey)
    await connection.query(RECORD, [JSON.stringify(differing)])
    after = rows.at(-1)?.id
  }
}
