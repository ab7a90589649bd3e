import { nameLook } from '../../lib/name-forms.ts'
import type { DedicatedConnection } from './driver/index.ts'

/** Among old names that look alike one gets the look, one of plain ASCII if there is any; the others get null. */
export const LOOK_COLUMNS = `
ALTER TABLE accounts ADD COLUMN username_look text COLLATE "C" UNIQUE;
ALTER TABLE conversations ADD COLUMN name_look text COLLATE "C" UNIQUE
  CHECK (name_look IS NULL OR kind = 'open');
UPDATE accounts SET username_look = username_key WHERE username_key ~ '^[!-~]+$';
UPDATE conversations SET name_look = name_key WHERE name_key ~ '^[!-~]+$';
`

const PAGE = 1000

const NAMES = [
  { table: 'accounts', name: 'username', key: 'username_key', look: 'username_look' },
  { table: 'conversations', name: 'name', key: 'name_key', look: 'name_look' },
] as const

/** Records the looks of names that are more than ASCII: SQL cannot tell what those look like. */
export async function recordLooks(connection: DedicatedConnection): Promise<void> {
  for (const { table, name, key, look } of NAMES) {
    const page = `
      SELECT id::text AS id, ${name} AS name FROM ${table}
      WHERE id > $1::bigint AND ${key} IS NOT NULL AND ${key} !~ '^[!-~]+$' ORDER BY id LIMIT ${PAGE}`
    const record = `
      UPDATE ${table} t SET ${look} = n.look FROM json_to_recordset($1::text::json) AS n (id bigint, look text)
      WHERE t.id = n.id AND NOT EXISTS (SELECT FROM ${table} o WHERE o.${look} = n.look)`
    let after = '0'
    for (;;) {
      const rows = await connection.query<{ id: string; name: string }>(page, [after])
      const last = rows.at(-1)
      if (!last) break
      after = last.id
      // In reverse, since a `Map` keeps the last: the first of the names that look alike gets the look.
      const ids = new Map(rows.toReversed().map((row) => [nameLook(row.name), row.id]))
      ids.delete('')
      await connection.query(record, [JSON.stringify(Array.from(ids, ([is, id]) => ({ id, look: is })))])
    }
  }
}
