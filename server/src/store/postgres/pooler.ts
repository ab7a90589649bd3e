import { within } from '../../lib/within.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { pooledByTransaction } from './refusals.ts'

const ANSWER_MS = 3_000

/**
 * Throws `StoreRefusal` when a pooler in between gives each transaction another connection: statements prepared on one
 * are run on another, and answers get mixed up. A pooler that gives each session its own connection is accepted.
 */
export async function requireSession(
  connection: DedicatedConnection,
  {
    database,
    openOther,
  }: { readonly database: string; readonly openOther: () => Promise<DedicatedConnection> },
): Promise<void> {
  // A server without a pooler gives its own process number to a new connection.
  if (!connection.isPooled) return
  const before = await serverOf(connection)
  const other = await within(ANSWER_MS, 'the pooler', openOther())
  try {
    // This transaction takes whichever connection to the server is free.
    await other.query('BEGIN')
    const taken = await serverOf(other)
    const after = await serverOf(connection)
    if (taken === before || after !== before) throw pooledByTransaction(database)
  } finally {
    await other.close()
  }
}

async function serverOf(connection: DedicatedConnection): Promise<number | undefined> {
  const [server] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return server?.pid
}
