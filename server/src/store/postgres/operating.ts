import { shownPostgres } from '../../lib/postgres-address.ts'
import type { Store } from '../store.ts'
import { connectForReading, openForMigrating } from './database.ts'
import { factsOf, type PostgresFacts } from './facts.ts'
import { PostgresStore } from './index.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'
import { WriteQueue } from './write-queue.ts'

export { CopyConnection } from './backup.ts'
export type { PostgresFacts }

/** Asks the server, whichever tables the database has. Throws `StoreRefusal`, also when it is away. */
export async function askPostgres(url: string): Promise<PostgresFacts> {
  try {
    const connection = await openForMigrating(url)
    try {
      return await factsOf(connection)
    } finally {
      await connection.close()
    }
  } catch (error) {
    throw refusalOf(error, shownPostgres(url))
  }
}

/** Opens an existing database of this version, beside servers. Throws `StoreRefusal`, also when it is away. */
export async function openPostgresToOperate(url: string): Promise<Store> {
  const database = shownPostgres(url)
  try {
    const connection = await openForMigrating(url)
    try {
      await requireCurrent(connection, database)
    } finally {
      await connection.close()
    }
  } catch (error) {
    throw refusalOf(error, database)
  }
  const sql = connectForReading(url)
  return new PostgresStore(sql, new WriteQueue({ url, onReadOnly: () => sql.renew() }))
}
