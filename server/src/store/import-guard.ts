import { StoreRefusal } from './refusal.ts'

/** Stands in a database from the first row of an import to its verification, whatever the engine. */
export const UNFINISHED = 'unfinished_import'

/**
 * 'serve': a server opens the database, and migrates it. 'import': a move opens it; only a move may go on with a
 * half-loaded one. 'operate': an operator's command opens it, perhaps beside a server. The database must exist and be
 * of this version.
 */
export type Purpose = 'serve' | 'import' | 'operate'

const EMPTY_ONE = 'or name an empty database in DATABASE_URL'

export const unfinished = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} holds part of an import that was interrupted: give the same import or migrate command again, which goes on where it stopped, ${EMPTY_ONE}.`,
  )

export const notEmpty = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} is not empty, and an import must not mix with what is there: name an empty database in DATABASE_URL.`,
  )

export const otherArchive = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} holds part of another archive, or of one that has changed since: go on with that one as it was, ${EMPTY_ONE}.`,
  )

export const misfit = (database: string, table: string, cause: unknown): StoreRefusal =>
  new StoreRefusal(
    `${database} does not take the archive's rows of ${table} (${cause instanceof Error ? cause.message : cause}): export again from the database they came from, ${EMPTY_ONE}.`,
    { cause },
  )

export const outdated = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} was last used by an older server: start this one on it once, which brings it up to date, and then give the command again.`,
  )

export const served = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} is in use by a running server, or by another command of Parlance: stop that first, ${EMPTY_ONE}.`,
  )
