import type { DedicatedConnection } from './driver/index.ts'

/** Facts of a PostgreSQL server that an operator should know. */
export interface PostgresFacts {
  readonly version: string
  readonly isFsyncOn: boolean
  readonly synchronousCommit: string
  readonly isReadOnly: boolean
  readonly maxConnections: number
  readonly usedConnections: number
  /** Milliseconds since 1970 by its clock. */
  readonly nowMs: number
}

export async function factsOf(connection: DedicatedConnection): Promise<PostgresFacts> {
  const [facts] = await connection.query<PostgresFacts>(FACTS)
  if (!facts) throw new Error('PostgreSQL has told nothing of itself')
  return facts
}

const FACTS = `
  SELECT current_setting('server_version') AS "version", current_setting('fsync') = 'on' AS "isFsyncOn",
    current_setting('synchronous_commit') AS "synchronousCommit",
    current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery() AS "isReadOnly",
    current_setting('max_connections')::int AS "maxConnections",
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS "usedConnections",
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "nowMs"`
