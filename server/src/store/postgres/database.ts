import postgres from 'postgres'
import { guarded } from '../../lib/guard.ts'
import { parsePostgresAddress, shownPostgres } from '../../lib/postgres-address.ts'
import { ARRAY_TYPES } from './array-types.ts'
import { Held } from './held.ts'
import { Pool } from './pool.ts'
import { requireSession } from './pooler.ts'
import { requireTls, tlsOptionsOf } from './tls.ts'

/** `close` ends the connections that are open now; the driver's types leave it out. */
export type Sql = ReturnType<typeof configured> & { close(): Promise<void> }

/** Connections on which queries run side by side; the one that writes comes on top. */
const READERS = 8
/** Seconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT_S = 5
/** Longest time a statement may take before the database ends it. */
const STATEMENT_TIMEOUT_MS = 5_000
/** Past it no answer comes any more: the connection is dead and does not know, or there is none to be had. */
export const ANSWER_TIMEOUT_MS = 6_000
/** Between attempts to connect: doubling from the first to the second, in seconds. */
const BACKOFF_S = { first: 0.05, most: 0.5 }

const backoff = (attempt: number): number => Math.min(BACKOFF_S.most, BACKOFF_S.first * 2 ** attempt)

interface ConnectOptions {
  /** 0 lets a statement take as long as it takes. */
  readonly statementTimeoutMs: number
  readonly onclose: () => void
}

const DEFAULTS: ConnectOptions = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, onclose: () => undefined }

/** Connects when first used, and again whenever the connection was lost. */
const connect = (url: string, max: number, options: Partial<ConnectOptions> = {}): Sql =>
  configured(url, max, options) as Sql

function configured(url: string, max: number, options: Partial<ConnectOptions>) {
  const { statementTimeoutMs, onclose } = { ...DEFAULTS, ...options }
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
    onclose: guarded('postgres', onclose),
  })
}

/** Queries on the connections that remain are answered when one is lost. */
const READING_GRACE_S = 5

export const connectForReading = (url: string): Pool =>
  new Pool({ open: (onclose) => connect(url, READERS, { onclose }), graceSeconds: READING_GRACE_S })

/**
 * One connection, so that what is written in an order is committed in that order. What was given up on it must
 * not be written later.
 */
export const connectForWriting = (url: string): Pool =>
  new Pool({ open: (onclose) => connect(url, 1, { onclose }), graceSeconds: 0 })

/** Opens one connection. Throws `StoreRefusal` when TLS is asked of a server that has none. */
export const openForMigrating = (url: string): Promise<Held> => hold(url, {})

/** Opens one connection, whose statements may each take as long as a whole table does. Throws as `openForMigrating`. */
export const openForMoving = (url: string): Promise<Held> => hold(url, { statementTimeoutMs: 0 })

async function hold(url: string, options: Partial<ConnectOptions>): Promise<Held> {
  await requireTls(url)
  const open = () => Held.open((onclose) => connect(url, 1, { ...options, onclose }))
  const held = await open()
  try {
    await requireSession(held, { database: shownPostgres(url), openOther: open })
    return held
  } catch (error) {
    await held.close()
    throw error
  }
}
