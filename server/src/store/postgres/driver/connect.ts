import postgres from 'postgres'
import { guarded } from '../../../lib/guard.ts'
import { parsePostgresAddress } from '../../../lib/postgres-address.ts'
import { ARRAY_TYPES } from './array-types.ts'
import { tlsOptionsOf } from './tls.ts'

/** `close` ends the connections that are open now; the driver's types leave it out. */
export type Sql = ReturnType<typeof configured> & { close(): Promise<void> }

/** Seconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT_S = 5
/** Between attempts to connect: doubling from the first to the second, in seconds. */
const BACKOFF_S = { first: 0.05, most: 0.5 }

const backoff = (attempt: number): number => Math.min(BACKOFF_S.most, BACKOFF_S.first * 2 ** attempt)

interface ConnectOptions {
  /** Connections at most. */
  readonly max: number
  /** 0 lets a statement take as long as it takes. */
  readonly statementTimeoutMs: number
  /** Called when a connection is lost. */
  readonly onLost: () => void
}

/** Connects when first used, and again whenever the connection was lost. Throws when the driver's shape is unknown. */
export function connect(url: string, options: ConnectOptions): Sql {
  const sql = configured(url, options)
  requireKnownShape(sql)
  return sql
}

/** Throws unless the driver has what this folder uses of it beyond its types. */
export function requireKnownShape(sql: ReturnType<typeof configured>): asserts sql is Sql {
  if (!('close' in sql) || typeof sql.close !== 'function') throw unknownShape('close')
  // A query that was never sent, nor will be: nobody waits for it.
  const query = sql.unsafe('')
  if (!('state' in query) || query.state !== null) throw unknownShape('state of a query')
}

const unknownShape = (part: string): Error =>
  new Error(`this version of postgres.js has no ${part} of the kind known here`)

function configured(url: string, { max, statementTimeoutMs, onLost }: ConnectOptions) {
  const address = parsePostgresAddress(url)
  const { host, port, socketFolder, database, user, password, settings } = address
  return postgres({
    // Lists are taken as they are; the driver would split a text.
    ...({ host: [host], port: [port] } as object),
    ...(socketFolder !== undefined && { path: `${socketFolder}/.s.PGSQL.${port}` }),
    database,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ssl: tlsOptionsOf(address),
    max,
    backoff,
    connect_timeout: CONNECT_TIMEOUT_S,
    idle_timeout: 0,
    max_lifetime: null,
    // Ids, numbers and times: none of them passes 2^53.
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String }, ...ARRAY_TYPES },
    fetch_types: false,
    connection: { application_name: 'parlance', statement_timeout: statementTimeoutMs, ...settings },
    onnotice: () => undefined,
    onclose: guarded('postgres', onLost),
  })
}
