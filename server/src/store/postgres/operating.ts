import type { Store } from '../store.ts'
import { connectForMigrating, connectForReading, displayName } from './database.ts'
import { Held } from './held.ts'
import { PostgresStore } from './index.ts'
import { refusalOf } from './refusals.ts'
import { requireCurrent } from './schema.ts'
import { WriteQueue } from './write-queue.ts'

/** Opens a database that is there and of this version, beside servers. Throws `StoreRefusal`, also when it is away. */
export async function openPostgresToOperate(url: string): Promise<Store> {
  const database = displayName(url)
  try {
    const held = await Held.open((onLost) => connectForMigrating(url, onLost))
    try {
      await requireCurrent(held, database)
    } finally {
      await held.close()
    }
  } catch (error) {
    throw refusalOf(error, database)
  }
  return new PostgresStore(connectForReading(url), new WriteQueue(url, {}))
}
