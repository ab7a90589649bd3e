import { shownPostgres } from '../../lib/postgres-address.ts'
import { DedicatedConnection } from './dedicated-connection.ts'
import { type ConnectOptions, connect } from './driver.ts'
import { Pool } from './pool.ts'
import { requireSession } from './pooler.ts'
import { requireTls } from './tls.ts'

/** Connections on which queries run side by side; the one that writes comes on top. */
const READERS = 8
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
export const openForMigrating = (url: string): Promise<DedicatedConnection> => hold(url, {})

/** Opens one connection, whose statements may each take as long as a whole table does. Throws as `openForMigrating`. */
export const openForMoving = (url: string): Promise<DedicatedConnection> =>
  hold(url, { statementTimeoutMs: 0 })

async function hold(url: string, options: Partial<ConnectOptions>): Promise<DedicatedConnection> {
  await requireTls(url)
  const open = () => DedicatedConnection.open((onclose) => connect(url, 1, { ...options, onclose }))
  const connection = await open()
  try {
    await requireSession(connection, { database: shownPostgres(url), openOther: open })
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}
