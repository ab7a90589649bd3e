import { DIALECT_NAMES } from '../dialects/names.ts'
import { PASSWORD_COST } from '../lib/password.ts'
import { SettingsReader } from '../lib/settings.ts'
import { LOG_LEVELS } from '../observe/index.ts'
import { originsOf, trustedProxiesOf } from './addresses.ts'
import type { Config } from './config.ts'
import { type Database, databaseOf, redisUrlOf } from './engines.ts'
import { type Environment, refuseUnknown, withoutServiceLinks } from './names.ts'
import { dedicatedPortsOf, refuseContradictions, tcpPortOf } from './ports.ts'
import { presenceNamesOf } from './presence.ts'
import { pusherOf } from './pusher.ts'
import { secretOf } from './secrets.ts'

export type { Config } from './config.ts'
export { type Database, shownDatabase } from './engines.ts'
export { type Environment, SETTING_NAMES, unreadNames } from './names.ts'
export { SAFE_SECRET_LENGTH } from './secrets.ts'

/** Throws `SettingRefusal`, whose message is one sentence that says what to write instead. */
export function readConfig(environment: Environment): Config {
  refuseUnknown(environment)
  const settings = new SettingsReader(withoutServiceLinks(environment))
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
      md5Passwords: dialects.includes('rooms') && (settings.flag('ROOMS_PASSWORD_DIGESTS') ?? true),
    },
    chatapp: {
      jwtSecret: secretOf(settings, 'JWTSECRET'),
      allowedOrigins: originsOf(settings),
      cookieSameSite: settings.choice('CHATAPP_COOKIE_SAMESITE', ['lax', 'strict', 'none']) ?? 'lax',
      endsWithToken: settings.flag('CHATAPP_END_WITH_TOKEN') ?? false,
    },
    groups: { guestsAllowed: settings.flag('GROUPS_GUESTS') ?? true },
    channels: {
      historyLimit: settings.integer('CHANNELS_HISTORY_LIMIT', { from: 1, to: 100_000 }) ?? 1000,
      tokenTtlSeconds: settings.integer('CHANNELS_TOKEN_TTL', { from: 1, to: 31_536_000 }) ?? 900,
      endsWithToken: settings.flag('CHANNELS_END_WITH_TOKEN') ?? false,
      presenceNames: presenceNamesOf(settings),
    },
    pusher: pusherOf(settings),
    rateLimits: settings.flag('PARLANCE_RATE_LIMITS') ?? true,
    maxMessageBytes: settings.integer('MAX_MESSAGE_BYTES', { from: 1, to: 60_000 }) ?? 8192,
    passwordPolicy: settings.choice('PASSWORD_POLICY', ['any', 'strict']) ?? 'any',
    passwordCost: PASSWORD_COST,
    trustedProxies: trustedProxiesOf(settings),
    drainSeconds: settings.integer('PARLANCE_DRAIN_SECONDS', { from: 0, to: 300 }) ?? 0,
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
  return databaseOf(new SettingsReader(withoutServiceLinks(environment)))
}
