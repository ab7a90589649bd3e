import { LocalBus } from '../bus/local.ts'
import type { RedisFacts } from '../bus/redis/operating.ts'
import type { Config, Database } from '../config/index.ts'
import { Chat, passwordPolicyOf } from '../core/chat.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { RedisAddress } from '../lib/redis-address.ts'
import { AuditLog } from './audit-log.ts'

export { isDigest, Places } from '../files/folder/index.ts'

import type { CopyConnection, PostgresFacts } from '../store/postgres/operating.ts'
import { openSqliteToOperate } from '../store/sqlite/operating.ts'
import type { Store } from '../store/store.ts'

export { parseRedisAddress } from '../lib/redis-address.ts'
export type { CopyConnection, PostgresFacts } from '../store/postgres/operating.ts'
export {
  backUpSqlite,
  type CopiedDatabase,
  checkSqliteCopy,
  contentsIn,
  engineCode,
  forgetEpochIn,
  lockBackUp,
  sqliteFileThere,
} from '../store/sqlite/operating.ts'
export type { AccountOverview, AccountStatus, ConversationOverview } from '../store/store.ts'

/** A database that servers may have open, with the core's commands on it. */
interface Operated {
  readonly store: Store
  readonly chat: Chat
  readonly clock: Clock
  readonly audit: AuditLog
}

/** Settings that decide how a password is stored must be those of the servers. */
export interface OperatorSettings extends Pick<Config, 'database' | 'rooms' | 'passwordPolicy'> {
  /** User of the machine who has become the one that runs this by `sudo`. */
  readonly sudoUser?: string | undefined
}

/**
 * Opens a database for the work, and closes it after it. Throws `StoreRefusal` for a database that does not exist, is
 * out of reach, or has another version.
 */
export async function operate<Result>(
  settings: OperatorSettings,
  work: (operated: Operated) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(settings.database)
  try {
    const { chat, clock } = chatOn(store, settings)
    const audit = new AuditLog(chat.audit, settings.sudoUser)
    return await work({ store, chat, clock, audit })
  } finally {
    await store.close()
  }
}

function chatOn(store: Store, settings: OperatorSettings): Pick<Operated, 'chat' | 'clock'> {
  const onError = (error: unknown) => {
    throw error
  }
  // Servers learn from the database of the changes made here, so no bus is needed.
  const bus = new LocalBus(onError)
  const { md5Passwords } = settings.rooms
  const clock = systemClock()
  const passwordPolicy = passwordPolicyOf(settings.passwordPolicy)
  return { chat: new Chat({ store, bus, clock, maxMessageBytes: 1, md5Passwords, passwordPolicy }), clock }
}

/** Loaded only where there is a Redis: its client is half of all modules that a command would load. */
export async function askRedis(address: RedisAddress): Promise<RedisFacts> {
  const { askRedis: ask } = await import('../bus/redis/operating.ts')
  return ask(address)
}

/** Loaded only where there is a PostgreSQL. */
export async function askPostgres(url: string): Promise<PostgresFacts> {
  const { askPostgres: ask } = await import('../store/postgres/operating.ts')
  return ask(url)
}

/** Loaded only where there is a PostgreSQL. */
export async function openCopyConnection(url: string): Promise<CopyConnection> {
  const { CopyConnection: loaded } = await import('../store/postgres/operating.ts')
  return loaded.open(url)
}

async function openStore(database: Database): Promise<Store> {
  if (database.kind === 'sqlite') return openSqliteToOperate(database.file)
  const { openPostgresToOperate } = await import('../store/postgres/operating.ts')
  return openPostgresToOperate(database.url)
}
