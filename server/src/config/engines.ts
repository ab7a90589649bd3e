import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parsePostgresAddress } from '../lib/postgres-address.ts'
import { parseRedisAddress } from '../lib/redis-address.ts'
import { AddressFault, decoded, shownAddress } from '../lib/server-address.ts'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { OwnSettings } from './names.ts'

export type Database =
  /** The directory is the file's; it also holds the generated secrets. */
  | { readonly kind: 'sqlite'; readonly file: string; readonly directory: string }
  /** Holds the generated secrets too, for all nodes. */
  | { readonly kind: 'postgres'; readonly url: string }

/** The database as people may see it: without its password. */
export const shownDatabase = (database: Database): string =>
  database.kind === 'sqlite' ? database.file : shownAddress(database.url)

type DatabaseSettings = SettingsReader<'DATABASE_URL' | 'DBPATH' | 'PGTARGETSESSIONATTRS'>

/** Where the groups dialect's peers have always met. */
const LOCAL_REDIS = 'redis://127.0.0.1:6379/0'

export function databaseOf(settings: DatabaseSettings): Database {
  const url = settings.text('DATABASE_URL')
  const path = settings.text('DBPATH')
  if (url && path)
    throw new SettingRefusal('DATABASE_URL and DBPATH both name the database; write only one of them.')
  if (!url) return sqliteIn(plainPath(path ?? '.data/parlance.db'), 'DBPATH')
  if (/^file:/i.test(url)) return sqliteIn(pathOf(url), 'DATABASE_URL')
  if (!/^postgres(ql)?:\/\//i.test(url)) throw new SettingRefusal(NO_DATABASE)
  readable('DATABASE_URL', () => parsePostgresAddress(url))
  if (settings.text('PGTARGETSESSIONATTRS') !== undefined) {
    // The driver asks for it with a query whose error nobody catches (postgres 3.4.9).
    throw new SettingRefusal(
      'PGTARGETSESSIONATTRS is set, by which this server cannot choose; name the primary alone in DATABASE_URL, and leave it out.',
    )
  }
  return { kind: 'postgres', url }
}

const NO_DATABASE =
  'DATABASE_URL must be a file, such as file:.data/parlance.db, or a PostgreSQL database, such as postgres://user:password@127.0.0.1:5432/parlance.'

export function redisUrlOf(settings: OwnSettings, database: Database): string | undefined {
  const isPeer = settings.flag('PEER')
  const url = settings.text('REDIS_URL') ?? (isPeer ? LOCAL_REDIS : undefined)
  if (url === undefined) return undefined
  if (!/^rediss?:\/\//i.test(url)) {
    throw new SettingRefusal(
      `REDIS_URL must be a Redis server, such as ${LOCAL_REDIS} or rediss://user:password@redis.example:6379/0.`,
    )
  }
  readable('REDIS_URL', () => parseRedisAddress(url))
  if (database.kind === 'sqlite') {
    throw new SettingRefusal(
      `${isPeer ? 'PEER=true' : 'REDIS_URL'} makes several servers one chat, whose messages they must share: name a PostgreSQL database in DATABASE_URL, or leave it out to run one server.`,
    )
  }
  return url
}

function readable(name: string, parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    if (!(error instanceof AddressFault)) throw error
    throw new SettingRefusal(`${name} cannot be used: ${error.message}.`)
  }
}

/** Path of a `file:` address: `file:x.db`, `file:/x.db`, `file:///x.db` and `file://localhost/x.db`. */
function pathOf(url: string): string {
  const path = url.slice('file:'.length).replace(/^\/\/(localhost(?=\/))?/, '')
  if (path === '') throw new SettingRefusal(NO_DATABASE)
  if (/[?#]/.test(path)) {
    throw new SettingRefusal(
      'DATABASE_URL names a file and has a ? or # after it, which mean nothing here; leave them out, or write %3F and %23 if they are in its name.',
    )
  }
  return decoded(path)
}

/** Refuses an address, which would otherwise name a file in a folder called `postgres:`. */
function plainPath(path: string): string {
  if (!/^(?:file:|[a-z][-+.a-z0-9]*:\/\/)/i.test(path)) return path
  throw new SettingRefusal('DBPATH is an address, and takes a path; write the address as DATABASE_URL.')
}

function sqliteIn(path: string, setting: 'DATABASE_URL' | 'DBPATH'): Database {
  if (path === ':memory:') {
    throw new SettingRefusal(
      `${setting} is :memory:, where nothing would outlive the server; name a file, such as .data/parlance.db.`,
    )
  }
  if (path.includes('\0') || path === '~' || /[/\\]$/.test(path)) {
    throw new SettingRefusal(`${setting} names no file; name one, such as .data/parlance.db.`)
  }
  if (/^~[^/]/.test(path)) {
    throw new SettingRefusal(
      `${setting} begins with ~ and a name, which only a shell reads; write the whole path.`,
    )
  }
  const file = resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  return { kind: 'sqlite', file, directory: dirname(file) }
}
