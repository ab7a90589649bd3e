import { SettingRefusal } from '../lib/settings.ts'

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
  'PARLANCE_DRAIN_SECONDS',
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

export type Environment = Readonly<Record<string, string | undefined>>

export function refuseUnknown(environment: Environment): void {
  const known = new Set<string>(SETTING_NAMES)
  for (const name of Object.keys(environment)) {
    if (known.has(name) || name.startsWith(TEST_PREFIX) || !OWN_PREFIXES.test(name)) continue
    throw new SettingRefusal(`${name} is not a setting; the settings are ${SETTING_NAMES.join(', ')}.`)
  }
}
