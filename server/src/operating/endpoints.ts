import { LocalBus } from '../bus/local.ts'
import type { Config, Database } from '../config/index.ts'
import { type Accounts, Chat, passwordPolicyOf } from '../core/chat.ts'
import { systemClock } from '../lib/clock.ts'

export { isDigest, Places } from '../files/folder/index.ts'

import { openSqliteToOperate } from '../store/sqlite/operating.ts'
import type { Store } from '../store/store.ts'

export {
  backUpSqlite,
  type CopiedDatabase,
  checkSqliteCopy,
  contentsIn,
  forgetEpochIn,
  sqliteFileThere,
} from '../store/sqlite/operating.ts'

/** The accounts of a database that servers may have open. */
interface OpenAccounts {
  readonly accounts: Accounts
  close(): Promise<void>
}

/** Settings that decide how a password is stored: they must be those of the servers. */
export type AccountSettings = Pick<Config, 'database' | 'rooms' | 'passwordPolicy'>

/** Throws `StoreRefusal` for a database that does not exist, is out of reach, or has another version. */
export async function openAccounts(settings: AccountSettings): Promise<OpenAccounts> {
  const store = await openStore(settings.database)
  const onError = (error: unknown) => {
    throw error
  }
  // Servers learn from the database of the changes made here, so no bus is needed.
  const bus = new LocalBus(onError)
  const { md5Passwords } = settings.rooms
  const clock = systemClock()
  const passwordPolicy = passwordPolicyOf(settings.passwordPolicy)
  const { accounts } = new Chat({ store, bus, clock, maxMessageBytes: 1, md5Passwords, passwordPolicy })
  return { accounts, close: () => store.close() }
}

async function openStore(database: Database): Promise<Store> {
  if (database.kind === 'sqlite') return openSqliteToOperate(database.file)
  const { openPostgresToOperate } = await import('../store/postgres/operating.ts')
  return openPostgresToOperate(database.url)
}
