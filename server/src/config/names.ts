import { SettingRefusal } from '../lib/settings.ts'
import { isLinkedPort, isServiceLink, nearestSetting } from './foreign-names.ts'

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
  'ROOMS_PASSWORD_DIGESTS',
  'JWTSECRET',
  'CORS_ALLOW_ORIGIN',
  'CHATAPP_COOKIE_SAMESITE',
  'CHATAPP_END_WITH_TOKEN',
  'GROUPS_GUESTS',
  'CHANNELS_HISTORY_LIMIT',
  'CHANNELS_TOKEN_TTL',
  'CHANNELS_END_WITH_TOKEN',
  'CHANNELS_PRESENCE',
  'PUSHER_APP_ID',
  'PUSHER_KEY',
  'PUSHER_SECRET',
  'PUSHER_CLUSTER',
  'PUSHER_WEBHOOK_URL',
  'PUSHER_SUBSCRIPTION_COUNTS',
  'PUSHER_MAX_CONNECTIONS',
  'MAX_MESSAGE_BYTES',
  'PASSWORD_POLICY',
  'TRUSTED_PROXIES',
  'LOG_LEVEL',
  'METRICS',
  'METRICS_TOKEN',
] as const

/** Prefixes of our settings: another name that begins so may be a slip. */
const OWN_PREFIXES = /^(PARLANCE|ROOMS|GROUPS|CHATAPP|CHANNELS|MESSENGER|PUSHER)_/
/** Prefix that nobody else uses: a name that begins so and is no setting is a slip. */
const OUR_NAME = 'PARLANCE_'
/** Read by the tests, not by the server. */
const TEST_PREFIX = 'PARLANCE_TEST_'
/** Longest name that is compared: a longer one is no slip, and comparing takes as long as the name is. */
const MAX_NAME_LENGTH = 64

export type Environment = Readonly<Record<string, string | undefined>>

/** Refuses slips, but lets names be that an orchestrator or another program has set. */
export function refuseUnknown(environment: Environment): void {
  for (const name of strangersIn(environment)) {
    const meant = meantBy(name)
    if (meant === undefined && !name.startsWith(OUR_NAME)) continue
    const instead = meant === undefined ? `the settings are ${SETTING_NAMES.join(', ')}` : `${meant} is`
    throw new SettingRefusal(`${name} is not a setting; ${instead}.`)
  }
}

/** Names that begin as ours do, but are neither settings nor slips: they are most likely another program's. */
export const unreadNames = (environment: Environment): readonly string[] =>
  strangersIn(environment).filter((name) => !name.startsWith(OUR_NAME) && meantBy(name) === undefined)

/** The environment without service links named like a setting: a Service called `rooms-tcp` makes a ROOMS_TCP_PORT. */
export const withoutServiceLinks = (environment: Environment): Environment =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value = '']) => !(OWN_PREFIXES.test(name) && isLinkedPort(name, value)),
    ),
  )

function strangersIn(environment: Environment): readonly string[] {
  const known = new Set<string>(SETTING_NAMES)
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const isOurs = known.has(name) || name.startsWith(TEST_PREFIX) || !OWN_PREFIXES.test(name)
    return isOurs || isServiceLink(name, value) ? [] : [name]
  })
}

const meantBy = (name: string): string | undefined =>
  name.length > MAX_NAME_LENGTH ? undefined : nearestSetting(name, SETTING_NAMES)
