import { isTlsFault } from '../../lib/tls-fault.ts'
import { StoreRefusal } from '../refusal.ts'
import { codeOf, isAway } from './failure.ts'

const ELSEWHERE = 'or name another database in DATABASE_URL'

/** The sentence for a database that would not open; any other error as it is. `database` has no password. */
export function refusalOf(error: unknown, database: string): unknown {
  if (error instanceof StoreRefusal) return error
  const code = codeOf(error)
  return code === undefined || !(error instanceof Error)
    ? error
    : new StoreRefusal(sentence(error, code, database), { cause: error })
}

function sentence(error: Error, code: string, database: string): string {
  const { message } = error
  switch (code) {
    case '28000':
    case '28P01':
      return `${database} refuses this user and password: correct them in DATABASE_URL.`
    case '3D000':
      return `${database} does not exist: create it (createdb), ${ELSEWHERE}.`
    case '42501':
      return `${database} does not let this user create tables: grant it CREATE on its schema, ${ELSEWHERE}.`
    case '3F000':
      return noSchema(database).message
    case '53100':
      return `${database} has a full disk: make room on it, ${ELSEWHERE}.`
    case '55P03':
      return `${database} is being loaded by another import: wait for its end, ${ELSEWHERE}.`
    case '25006':
      return `${database} only reads: name its primary in DATABASE_URL if it is a standby, else set its default_transaction_read_only off.`
    case '08P01':
      return `${database} is behind a pooler that does not take a setting of its clients (${message}): add statement_timeout to its ignore_startup_parameters, ${ELSEWHERE}.`
    case '42704':
      return `${database} knows no such setting as DATABASE_URL asks for after its question mark (${message}): leave it out.`
    case 'ENOTFOUND':
      return `${database} cannot be found, since no name server knows its host: correct it in DATABASE_URL.`
    case 'AUTH_TYPE_NOT_IMPLEMENTED':
      return `${database} asks for a way to log in that this server does not have: let this user in by scram-sha-256 (pg_hba.conf).`
    default:
      if (isTlsFault(code)) {
        return `${database} was reached, and its TLS was not accepted (${code}, ${message}): name its authority's certificate in sslrootcert, or correct the host, in DATABASE_URL.`
      }
      // A server waits for the database; a command is given again.
      if (isAway(error)) return `${database} does not answer (${code}): start it, ${ELSEWHERE}.`
      return `${database} cannot be used (PostgreSQL says ${code}, ${message}): correct its cause, ${ELSEWHERE}.`
  }
}

/** For a database that may yet come. */
export const awaySentence = (error: unknown, database: string): string =>
  `${database} does not answer (${codeOf(error)}); trying again until it does.`

export const empty = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} has no tables yet: name the database of a server that has run in DATABASE_URL.`,
  )

export const foreign = (database: string): StoreRefusal =>
  new StoreRefusal(`${database} holds the tables of another program: name another database in DATABASE_URL.`)

export const newer = (database: string, schema: number, known: number): StoreRefusal =>
  new StoreRefusal(
    `${database} has schema ${schema}, and this version knows ${known} at most: give the command of the version that made it, or a newer one.`,
  )

export const noSchema = (database: string): StoreRefusal =>
  new StoreRefusal(`${database} has no schema to create tables in: create the one that search_path names.`)

export const notEmptyToRestore = (database: string, schemaName: string): StoreRefusal =>
  new StoreRefusal(
    `${database} is not empty (schema ${schemaName}), and nothing is overwritten: name an empty database in DATABASE_URL (createdb makes one).`,
  )

export const pooledByTransaction = (database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} is behind a pooler that gives each transaction another connection, on which nothing is prepared: set its pool_mode to session, or name PostgreSQL itself in DATABASE_URL.`,
  )

export const wrongEncoding = (database: string, encoding: string): StoreRefusal =>
  new StoreRefusal(
    `${database} has the encoding ${encoding}, in which not all that people write can be kept: make one with createdb -E UTF8 -T template0, and name it in DATABASE_URL.`,
  )

export const tooOld = (database: string, version: number, oldest: number): StoreRefusal =>
  new StoreRefusal(
    `${database} is on PostgreSQL ${version}, and ${oldest} or newer is needed: upgrade it, ${ELSEWHERE}.`,
  )

/** For one that answered until now. */
export const lost = (error: unknown, database: string): StoreRefusal =>
  new StoreRefusal(
    `${database} does not answer any more (${codeOf(error)}): give the same command again, and it goes on where it stopped.`,
    { cause: error },
  )
