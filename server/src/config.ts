import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { DIALECT_NAMES, type DialectName } from './dialects/index.ts'
import { SettingRefusal, SettingsReader } from './lib/settings.ts'

/** Everything that can be set, parsed and checked. Nothing else reads the environment. */
export interface Config {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly database: Database
  readonly dialects: readonly DialectName[]
  readonly dedicatedPorts: readonly { readonly dialect: DialectName; readonly port: number }[]
  readonly rooms: { readonly tcpPort: number | null; readonly tcpHost: string; readonly historyLimit: number }
  readonly chatapp: {
    /** Undefined: generated on first start. */
    readonly jwtSecret: string | undefined
    readonly allowedOrigins: readonly string[]
    readonly cookieSameSite: 'lax' | 'strict' | 'none'
  }
  readonly groups: { readonly guestsAllowed: boolean }
  readonly channels: { readonly historyLimit: number; readonly tokenTtlSeconds: number }
  readonly pusher: {
    readonly appId: string | undefined
    readonly key: string | undefined
    readonly secret: string | undefined
    /** Set: events go to hosted Pusher and the built-in server is off. */
    readonly cluster: string | undefined
    readonly webhookUrl: string | undefined
  }
  /** Several nodes are one chat through it. */
  readonly redisUrl: string | undefined
  readonly rateLimits: boolean
  readonly maxMessageBytes: number
  readonly trustedProxies: readonly string[]
  readonly logLevel: LogLevel
  readonly metrics: boolean
  /** Lets a scraper that is not on loopback read /metrics as `Authorization: Bearer …`. */
  readonly metricsToken: string | undefined
}

export type Database =
  /** The directory is the file's; it also holds the generated secrets. */
  | { readonly kind: 'sqlite'; readonly file: string; readonly directory: string }
  /** Holds the generated secrets too, for all nodes. */
  | { readonly kind: 'postgres'; readonly url: string }

/** Where the groups dialect's peers have always met. */
const LOCAL_REDIS = 'redis://127.0.0.1:6379/0'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Names of every setting; the reference documentation lists the same ones. */
export const SETTING_NAMES = [
  'HOST',
  'PORT',
  'DATABASE_URL',
  'DBPATH',
  'REDIS_URL',
  'PEER',
  'PARLANCE_DIALECTS',
  'PARLANCE_PORTS',
  'PARLANCE_RATE_LIMITS',
  'ROOMS_TCP_PORT',
  'ROOMS_TCP_HOST',
  'ROOMS_HISTORY_LIMIT',
  'JWTSECRET',
  'CORS_ALLOW_ORIGIN',
  'CHATAPP_COOKIE_SAMESITE',
  'GROUPS_GUESTS',
  'CHANNELS_HISTORY_LIMIT',
  'CHANNELS_TOKEN_TTL',
  'PUSHER_APP_ID',
  'PUSHER_KEY',
  'PUSHER_SECRET',
  'PUSHER_CLUSTER',
  'PUSHER_WEBHOOK_URL',
  'MAX_MESSAGE_BYTES',
  'TRUSTED_PROXIES',
  'LOG_LEVEL',
  'METRICS',
  'METRICS_TOKEN',
] as const

/** Prefixes that are ours alone: a name with one of them that is not above is a slip. */
const OWN_PREFIXES = /^(PARLANCE|ROOMS|GROUPS|CHATAPP|CHANNELS|MESSENGER|PUSHER)_/
/** Read by the tests, not by the server. */
const TEST_PREFIX = 'PARLANCE_TEST_'

/** Found in tutorials and examples; a server that trusts them trusts everyone who read them. */
const DEMO_SECRETS =
  /^(secret|jwt-?_?secret|my-?_?secret(-?_?key)?|your-?_?(jwt-?_?)?secret(-?_?key)?|change-?_?me|super-?_?secret(-?_?key)?|password|test|dev|development|example|s3cr3t|keyboard cat|app_secret|0123456789.*|123456.*|default.*secret)$/i
const MIN_SECRET_LENGTH = 8
/** 256 bits in base64url are 43; below this the start-up block warns. */
export const SAFE_SECRET_LENGTH = 32

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws `SettingRefusal`, whose message is one sentence that says what to write instead. */
export function readConfig(environment: Environment): Config {
  refuseUnknown(environment)
  const settings = new SettingsReader(environment)
  const dialects = settings.list('PARLANCE_DIALECTS', DIALECT_NAMES) ?? DIALECT_NAMES
  const database = databaseOf(settings)
  const config: Config = {
    host: settings.text('HOST') ?? '127.0.0.1',
    port: settings.integer('PORT', { from: 0, to: 65_535 }) ?? 8000,
    database,
    redisUrl: redisUrlOf(settings, database),
    dialects,
    dedicatedPorts: dedicatedPortsOf(settings, dialects),
    rooms: {
      tcpPort: tcpPortOf(settings, dialects),
      tcpHost: settings.text('ROOMS_TCP_HOST') ?? '127.0.0.1',
      historyLimit: settings.integer('ROOMS_HISTORY_LIMIT', { from: 0, to: 1_000_000 }) ?? 1000,
    },
    chatapp: {
      jwtSecret: secretOf(settings, 'JWTSECRET'),
      allowedOrigins: originsOf(settings),
      cookieSameSite: settings.choice('CHATAPP_COOKIE_SAMESITE', ['lax', 'strict', 'none']) ?? 'lax',
    },
    groups: { guestsAllowed: settings.flag('GROUPS_GUESTS') ?? true },
    channels: {
      historyLimit: settings.integer('CHANNELS_HISTORY_LIMIT', { from: 1, to: 100_000 }) ?? 1000,
      tokenTtlSeconds: settings.integer('CHANNELS_TOKEN_TTL', { from: 1, to: 31_536_000 }) ?? 900,
    },
    pusher: pusherOf(settings),
    rateLimits: settings.flag('PARLANCE_RATE_LIMITS') ?? true,
    maxMessageBytes: settings.integer('MAX_MESSAGE_BYTES', { from: 1, to: 60_000 }) ?? 8192,
    trustedProxies: trustedProxiesOf(settings),
    logLevel: settings.choice('LOG_LEVEL', LOG_LEVELS) ?? 'info',
    metrics: settings.flag('METRICS') ?? true,
    metricsToken: settings.text('METRICS_TOKEN'),
  }
  refuseContradictions(config)
  return Object.freeze(config)
}

/** Only where the data is, for a command that serves nobody. Throws as `readConfig` does. */
export function readDatabase(environment: Environment): Database {
  refuseUnknown(environment)
  return databaseOf(new SettingsReader(environment))
}

function refuseUnknown(environment: Environment): void {
  const known = new Set<string>(SETTING_NAMES)
  for (const name of Object.keys(environment)) {
    if (known.has(name) || name.startsWith(TEST_PREFIX) || !OWN_PREFIXES.test(name)) continue
    throw new SettingRefusal(`${name} is not a setting; the settings are ${SETTING_NAMES.join(', ')}.`)
  }
}

function databaseOf(settings: SettingsReader): Database {
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
  return { kind: 'postgres', url }
}

function redisUrlOf(settings: SettingsReader, database: Database): string | undefined {
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

function dedicatedPortsOf(
  settings: SettingsReader,
  dialects: readonly DialectName[],
): Config['dedicatedPorts'] {
  const text = settings.text('PARLANCE_PORTS')
  if (!text) return []
  return text.split(',').map((entry) => {
    const [name, port, ...rest] = entry.trim().split(':')
    const dialect = DIALECT_NAMES.find((known) => known === name)
    const number = /^\d{1,5}$/.test(port ?? '') ? Number(port) : -1
    if (!dialect || number < 0 || number > 65_535 || rest.length > 0) {
      throw new SettingRefusal(
        `PARLANCE_PORTS has "${entry.trim()}" where a dialect and a port belong, such as chatapp:8001; the dialects are ${DIALECT_NAMES.join(', ')}.`,
      )
    }
    if (!dialects.includes(dialect)) {
      throw new SettingRefusal(
        `PARLANCE_PORTS gives ${dialect} a port, but PARLANCE_DIALECTS leaves it out; add it there or drop its port.`,
      )
    }
    return { dialect, port: number }
  })
}

function tcpPortOf(settings: SettingsReader, dialects: readonly DialectName[]): number | null {
  const port = settings.integer('ROOMS_TCP_PORT', { from: 0, to: 65_535 }) ?? 2004
  return port === 0 || !dialects.includes('rooms') ? null : port
}

function secretOf(settings: SettingsReader, name: string): string | undefined {
  const secret = settings.text(name)
  if (secret === undefined) return undefined
  if (DEMO_SECRETS.test(secret) || secret.length < MIN_SECRET_LENGTH) {
    throw new SettingRefusal(
      `${name} is a well-known or short secret; leave it out to have one generated, or write at least ${SAFE_SECRET_LENGTH} random characters.`,
    )
  }
  return secret
}

function originsOf(settings: SettingsReader): readonly string[] {
  const text = settings.text('CORS_ALLOW_ORIGIN') ?? 'http://localhost:5173'
  return text.split(',').map((entry) => {
    const origin = entry.trim().replace(/\/$/, '')
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new SettingRefusal(
        `CORS_ALLOW_ORIGIN has "${entry.trim()}" where an origin belongs, such as https://chat.example.org; a wildcard would let any page use its visitors' cookies.`,
      )
    }
    return origin
  })
}

function pusherOf(settings: SettingsReader): Config['pusher'] {
  const cluster = settings.text('PUSHER_CLUSTER')
  const [appId, key] = [settings.text('PUSHER_APP_ID'), settings.text('PUSHER_KEY')]
  const secret = settings.text('PUSHER_SECRET')
  const webhookUrl = settings.text('PUSHER_WEBHOOK_URL')
  if (cluster && !(appId && key && secret)) {
    throw new SettingRefusal(
      'PUSHER_CLUSTER sends events to hosted Pusher, so PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET must be set too.',
    )
  }
  for (const [name, value] of [
    ['PUSHER_APP_ID', appId],
    ['PUSHER_KEY', key],
  ] as const) {
    if (value && !/^[-a-zA-Z0-9_]{1,64}$/.test(value)) {
      throw new SettingRefusal(`${name} stands in addresses; write at most 64 letters, digits, - or _.`)
    }
  }
  if (webhookUrl && !/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? '')) {
    throw new SettingRefusal(
      'PUSHER_WEBHOOK_URL must be an address such as https://example.org/pusher-webhook.',
    )
  }
  if (webhookUrl && cluster) {
    throw new SettingRefusal(
      'PUSHER_WEBHOOK_URL belongs to the built-in server, which PUSHER_CLUSTER turns off; set one of the two.',
    )
  }
  return { appId, key, secret, cluster, webhookUrl }
}

const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal'])

function trustedProxiesOf(settings: SettingsReader): readonly string[] {
  const entries =
    settings
      .text('TRUSTED_PROXIES')
      ?.split(',')
      .map((entry) => entry.trim()) ?? []
  for (const entry of entries) {
    const [address, bits, ...rest] = entry.split('/')
    const isRange =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address ?? '') === 4 ? 32 : 128))
    if (PROXY_RANGES.has(entry) || (isIP(address ?? '') !== 0 && isRange && rest.length === 0)) continue
    throw new SettingRefusal(
      `TRUSTED_PROXIES has "${entry}" where an address or range belongs, such as 10.0.0.7, 10.0.0.0/8 or loopback.`,
    )
  }
  return entries
}

function refuseContradictions({ port, dedicatedPorts, rooms }: Config): void {
  const taken = new Map<number, string>([[port, 'PORT']])
  const entries: (readonly [number, string])[] = dedicatedPorts.map((entry) => [
    entry.port,
    `PARLANCE_PORTS (${entry.dialect})`,
  ])
  if (rooms.tcpPort !== null) entries.push([rooms.tcpPort, 'ROOMS_TCP_PORT'])
  for (const [number, name] of entries) {
    const other = taken.get(number)
    if (other && number !== 0)
      throw new SettingRefusal(`${other} and ${name} both take port ${number}; give each its own.`)
    taken.set(number, name)
  }
}
