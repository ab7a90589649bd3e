import { StoreRefusal } from './refusal.ts'

/** One step of a schema. Once released it never changes: a correction is the next number. */
export interface Migration {
  /** From 1, without a hole. */
  readonly number: number
  readonly name: string
  readonly sql: string
}

/**
 * Those still to apply to a database that has seen the numbers up to `applied`. Call it under the lock
 * under which they are then applied and recorded. Refuses a database that a newer server has migrated.
 */
export function pendingMigrations<Known extends Migration>(
  known: readonly Known[],
  applied: number,
  database: string,
): readonly Known[] {
  const newest = known.length
  if (applied > newest) {
    throw new StoreRefusal(
      `The database ${database} has schema ${applied} but this server only knows schema ${newest}: start the newer server, or restore a backup made before the upgrade.`,
    )
  }
  return known.slice(applied)
}
