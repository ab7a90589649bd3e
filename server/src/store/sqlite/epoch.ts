import { DatabaseSync } from 'node:sqlite'
import { newUuid } from '../../lib/ids.ts'
import { tableNames } from './schema.ts'
import { prepare } from './statement.ts'

/** Gives a database that has no epoch one. */
export function beginEpoch(db: DatabaseSync): void {
  prepare(db, "INSERT INTO settings (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(newUuid())
}

export const FORGET_EPOCH = "DELETE FROM settings WHERE name = 'epoch'"

/** The next server that opens this copy gives it another epoch. No server may have it open. */
export function forgetEpochIn(file: string): void {
  using db = new DatabaseSync(file)
  // The copies of older versions have none.
  if (tableNames(db).has('settings')) db.exec(`PRAGMA synchronous = FULL; ${FORGET_EPOCH}`)
}

export const EPOCH = "SELECT value FROM settings WHERE name = 'epoch'"
