import { dirname, resolve } from 'node:path'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

export type Database =
  /** The directory is the file's; it also holds the generated secrets. */
  | { readonly kind: 'sqlite'; readonly file: string; readonly directory: string }
  /** Holds the generated secrets too, for all nodes. */
  | { readonly kind: 'postgres'; readonly url: string }

/** Where the groups dialect's peers have always met. */
const LOCAL_REDIS = 'redis://127.0.0.1:6379/0'

export function databaseOf(settings: SettingsReader): Database {
  const url = settings.text('DATABASE_URL')
  const path = settings.text('DBPATH')
  if (url && path)
    throw new SettingRefusal('DATABASE_URL and DBPATH both name the database; write only one of them.')
  if (!url) return sqliteIn(path ?? '.data/parlance.db')
  if (url.startsWith('file:') && url.length > 'file:'.length) {
    return sqliteIn(url.slice('file:'.length).replace(/^\/\//, ''))
  }
  const server = URL.parse(url)
  if (!server || !/^postgres(ql)?:$/.test(server.protocol) || server.hostname === '') {
    throw new SettingRefusal(
      'DATABASE_URL must be a file, such as file:.data/parlance.db, or a PostgreSQL database, such as postgres://user:password@127.0.0.1:5432/parlance.',
    )
  }
  if (!/^\/[^/]+$/.test(server.pathname)) {
    throw new SettingRefusal(
      'DATABASE_URL names a PostgreSQL server and no database on it; write its name after the address, such as postgres://user:password@127.0.0.1:5432/parlance.',
    )
  }
  if (server.searchParams.has('target_session_attrs')) {
    // The driver asks for it with a query whose error nobody catches (postgres 3.4.9).
    throw new SettingRefusal(
      'DATABASE_URL has target_session_attrs, by which this server cannot choose; name the primary alone.',
    )
  }
  const mode = server.searchParams.get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode)) {
    throw new SettingRefusal(`DATABASE_URL has sslmode=${mode}; write one of ${SSL_MODES.join(', ')}.`)
  }
  return { kind: 'postgres', url }
}

/** Those of libpq that our driver knows. */
const SSL_MODES: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-full']

export function redisUrlOf(settings: SettingsReader, database: Database): string | undefined {
  const isPeer = settings.flag('PEER')
  const url = settings.text('REDIS_URL') ?? (isPeer ? LOCAL_REDIS : undefined)
  if (url === undefined) return undefined
  const server = URL.parse(url)
  if (!server || !/^rediss?:$/.test(server.protocol) || !/^(\/\d*)?$/.test(server.pathname)) {
    throw new SettingRefusal(
      `REDIS_URL must be a Redis server, such as ${LOCAL_REDIS} or rediss://user:password@redis.example:6379/0.`,
    )
  }
  if (database.kind === 'sqlite') {
    throw new SettingRefusal(
      `${isPeer ? 'PEER=true' : 'REDIS_URL'} makes several servers one chat, whose messages they must share: name a PostgreSQL database in DATABASE_URL, or leave it out to run one server.`,
    )
  }
  return url
}

function sqliteIn(path: string): Database {
  const file = resolve(path)
  return { kind: 'sqlite', file, directory: dirname(file) }
}
