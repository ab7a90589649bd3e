import { shownPostgres } from '../../lib/postgres-address.ts'
import { type DedicatedConnection, openDedicated, openPool, type Pool } from './driver/index.ts'
import { requireSession } from './pooler.ts'

/** Connections on which queries run side by side; the one that writes comes on top. */
const READERS = 8
/** Queries on the connections that remain are answered when one is lost. */
const READING_GRACE_S = 5
/** Longest time a statement may take before the database ends it. */
const STATEMENT_TIMEOUT_MS = 5_000

export const connectForReading = (url: string): Pool =>
  openPool(url, {
    connections: READERS,
    graceSeconds: READING_GRACE_S,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })

/**
 * One connection, so that writes are committed in the order in which they were made. Writes that were given up
 * must not be carried out later.
 */
export const connectForWriting = (url: string): Pool =>
  openPool(url, { connections: 1, graceSeconds: 0, statementTimeoutMs: STATEMENT_TIMEOUT_MS })

/** Opens one connection. Throws `StoreRefusal` when TLS is asked of a server that has none. */
export const openForMigrating = (url: string): Promise<DedicatedConnection> => hold(url, STATEMENT_TIMEOUT_MS)

/** Opens one connection, whose statements may each take as long as a whole table does. Throws as `openForMigrating`. */
export const openForMoving = (url: string): Promise<DedicatedConnection> => hold(url, 0)

async function hold(url: string, statementTimeoutMs: number): Promise<DedicatedConnection> {
  const open = () => openDedicated(url, { statementTimeoutMs })
  const connection = await open()
  try {
    await requireSession(connection, { database: shownPostgres(url), openOther: open })
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}
