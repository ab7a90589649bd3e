import type { DedicatedConnection } from './driver/index.ts'
import { tooOld, wrongEncoding } from './refusals.ts'

const OLDEST = 15

/** Throws `StoreRefusal` for a server that is too old, or a database that cannot hold what people write. */
export async function requireFit(connection: DedicatedConnection, database: string): Promise<void> {
  const [server] = await connection.query<{ version: number; encoding: string }>(`
    SELECT current_setting('server_version_num')::int / 10000 AS version,
      current_setting('server_encoding') AS encoding`)
  if (!server) return
  if (server.version < OLDEST) throw tooOld(database, server.version, OLDEST)
  // SQL_ASCII is refused too: it takes any bytes, and compares and cuts them without knowing characters.
  if (server.encoding !== 'UTF8') throw wrongEncoding(database, server.encoding)
}
