import { within } from '../../lib/within.ts'
import type { Held } from './held.ts'
import { pooledByTransaction } from './refusals.ts'

const ANSWER_MS = 3_000

/**
 * Throws `StoreRefusal` when a pooler in between gives each transaction another connection: what was prepared on one
 * is asked of another, and answers get mixed up. Of a pooler that gives each session one, nothing is noticed.
 */
export async function requireSession(
  held: Held,
  { database, openOther }: { readonly database: string; readonly openOther: () => Promise<Held> },
): Promise<void> {
  // PostgreSQL itself tells its own number when one connects.
  if (!held.isPooled) return
  const before = await serverOf(held)
  const other = await within(ANSWER_MS, 'the pooler', openOther())
  try {
    // Whichever connection is free becomes this transaction's.
    await other.query('BEGIN')
    const taken = await serverOf(other)
    const after = await serverOf(held)
    if (taken === before || after !== before) throw pooledByTransaction(database)
  } finally {
    await other.close()
  }
}

async function serverOf(held: Held): Promise<number | undefined> {
  const [server] = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return server?.pid
}
