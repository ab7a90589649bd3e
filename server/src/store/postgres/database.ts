import { shownPostgres } from '../../lib/postgres-address.ts'
import { type ConnectOptions, connect } from './driver.ts'
import { Held } from './held.ts'
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
