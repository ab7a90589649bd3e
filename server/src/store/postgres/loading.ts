import { UNFINISHED } from '../import-guard.ts'
import { columnNames, TABLES, type Table } from '../tables.ts'
import { EPOCH } from './epoch.ts'

// The statements of an import; `unfinished_import` has one row.

// One import at a time; a killed one's lock lasts until the database has noticed. A commit may be lost with the
// machine, but never without its progress.
export const LOADING = `
  SET lock_timeout = '10s';
  SELECT pg_advisory_lock(7265414, hashtext(current_schema()));
  SET synchronous_commit = off`

// A server that has the database open calls this chat_batch instead of its own, and answers 'unavailable' until all
// is there.
export const CREATE = `
  CREATE TABLE ${UNFINISHED} (archive text NOT NULL, sums json NOT NULL, lifted json NOT NULL);
  CREATE OR REPLACE FUNCTION chat_batch(writer text, batch bigint, locks json, steps json) RETURNS json
  LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'an import is under way' USING ERRCODE = 'cannot_connect_now';
  END $$;`
/** Connections of other servers and commands to this database, by the name that all of ours have. */
export const OTHERS = `
  SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'parlance' AND pid <> pg_backend_pid() LIMIT 1`
export const IS_BEGUN = 'SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1'
export const BEGIN = `INSERT INTO ${UNFINISHED} (archive, sums, lifted) VALUES ($1, '{}', $2::text::json)`
export const KEEP = `
  INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
export const BEGUN = `SELECT archive, sums FROM ${UNFINISHED}`
export const PROGRESS = `UPDATE ${UNFINISHED} SET sums = $1::text::json`
export const LIFTED = `SELECT lifted FROM ${UNFINISHED}`
export const SETTLED = `UPDATE ${UNFINISHED} SET lifted = '[]'; ANALYZE ${TABLES.map(({ name }) => name)}`

export const insertInto = (table: Table): string => {
  const names = columnNames(table)
  const types = { integer: 'bigint', text: 'text', flag: 'boolean' } as const
  const typed = Object.entries(table.columns).map(([name, kind]) => `${name} ${types[kind]}`)
  return `
    INSERT INTO ${table.name} (${names})
    SELECT ${names} FROM json_to_recordset($1::text::json) AS r (${typed})`
}

/** Tables whose next row gets the next number; a message's comes from a sequence that belongs to no table. */
const numbered = TABLES.filter(({ name, columns }) => columns.id === 'integer' && name !== 'messages').map(
  ({ name }) => name,
)

export const FINISH = `
  SET LOCAL synchronous_commit = on;
  ${numbered.map((name) => `SELECT setval(pg_get_serial_sequence('${name}', 'id'), max(id)) FROM ${name};`).join('\n  ')}
  SELECT setval('message_ids', greatest((SELECT max(id) FROM messages), (SELECT max(purged_id) FROM conversations)));
  TRUNCATE search;
  DELETE FROM search_position;
  DELETE FROM settings WHERE name LIKE '${EPOCH}%';
  DROP TABLE ${UNFINISHED}`
