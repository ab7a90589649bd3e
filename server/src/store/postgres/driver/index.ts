import { connect } from './connect.ts'
import { DedicatedConnection } from './dedicated-connection.ts'
import { Pool } from './pool.ts'
import { requireTls } from './tls.ts'

// The door of postgres.js: no file outside this folder imports the library, knows its defects or its shape.

export { DedicatedConnection } from './dedicated-connection.ts'
export { Pool } from './pool.ts'
export { ANSWER_TIMEOUT_MS, type Queryable } from './queryable.ts'

interface Statements {
  /** Longest time a statement may take before the database ends it; 0 lets it take as long as it takes. */
  readonly statementTimeoutMs: number
}

interface PoolSize extends Statements {
  readonly connections: number
  /** How long queries that are still on their way in replaced connections may take. 0: they never run. */
  readonly graceSeconds: number
}

/** Connects when first used. */
export const openPool = (url: string, { connections, graceSeconds, statementTimeoutMs }: PoolSize): Pool =>
  new Pool({
    open: (onLost) => connect(url, { max: connections, statementTimeoutMs, onLost }),
    graceSeconds,
  })

/** Opens one connection. Throws `StoreRefusal` when TLS is asked of a server that has none. */
export async function openDedicated(
  url: string,
  { statementTimeoutMs }: Statements,
): Promise<DedicatedConnection> {
  await requireTls(url)
  return DedicatedConnection.open((onLost) => connect(url, { max: 1, statementTimeoutMs, onLost }))
}
