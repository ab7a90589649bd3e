import { TABLES } from '../tables.ts'
import type { DedicatedConnection } from './driver/index.ts'

/**
 * Drops the constraints and indexes that would be kept row by row, and returns the statements that restore them.
 * Built at once over all rows, they cost a fraction.
 */
export async function dropIndexes(connection: DedicatedConnection): Promise<readonly string[]> {
  const lifted = await connection.query<{ takeAway: string; putBack: string }>(LIFTABLE, [
    TABLES.map(({ name }) => name),
  ])
  for (const { takeAway } of lifted) await connection.query(takeAway)
  return lifted.map(({ putBack }) => putBack).reverse()
}

// A foreign key is dropped before the key that it refers to, and put back after it.
const LIFTABLE = `
  SELECT take_away AS "takeAway", put_back AS "putBack" FROM (
    SELECT contype = 'f' AS refers, conname AS name,
      format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS take_away,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS put_back
    FROM pg_constraint
    WHERE contype IN ('f', 'p', 'u') AND conrelid = ANY ($1::text[]::regclass[])
    UNION ALL
    SELECT false, indexrelid::regclass::text,
      format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY ($1::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
  ) liftable
  ORDER BY refers DESC, name`
