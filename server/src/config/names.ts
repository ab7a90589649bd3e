import { DIALECT_NAMES, DIALECTS, type DialectName } from '../dialects/index.ts'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import { isLinkedPort, isServiceLink, nearestSetting } from './foreign-names.ts'
import { LIMIT_NAMES, type LimitSetting } from './limits.ts'
import { TRACING_NAMES } from './tracing.ts'

/** Settings that are no dialect's. In the reference the dialects' stand between these. */
const FIRST_NAMES = [
  'HOST',
  'PORT',
  'TLS_CERT',
  'TLS_KEY',
  'TLS_DOMAIN',
  'TLS_EMAIL',
  'TLS_DIRECTORY',
  'TLS_CHALLENGE_PORT',
  'TLS_FOLDER',
  'DATABASE_URL',
  'DBPATH',
  'REDIS_URL',
  'PEER',
  'PARLANCE_DIALECTS',
  'PARLANCE_PORTS',
  'PARLANCE_RATE_LIMITS',
  'PARLANCE_DRAIN_SECONDS',
  'PARLANCE_WEB',
  'PARLANCE_PLAYGROUND',
] as const
const LAST_NAMES = [
  'MAX_MESSAGE_BYTES',
  'FILES_DIR',
  'FILES_QUOTA',
  'BACKUP_DIR',
  'RETENTION_DAYS',
  'PASSWORD_POLICY',
  'REGISTRATION',
  'TRUSTED_PROXIES',
  'LOG_LEVEL',
  'METRICS',
  'METRICS_TOKEN',
  ...TRACING_NAMES,
] as const

/** Reads the settings that are no dialect's. */
export type OwnSettings = SettingsReader<(typeof FIRST_NAMES | typeof LAST_NAMES)[number] | LimitSetting>

/** Names of the settings for the raw TCP port of a dialect that has one. */
export const rawTcpNames = (dialect: DialectName) => {
  const prefix = prefixOf(dialect)
  return { port: `${prefix}TCP_PORT`, host: `${prefix}TCP_HOST` } as const
}

const prefixOf = (dialect: DialectName) => `${dialect.toUpperCase() as Uppercase<DialectName>}_` as const

const namesOf = (dialect: DialectName): readonly string[] => {
  const { rawTcp, settings } = DIALECTS[dialect]
  return rawTcp === 'none' ? settings.names : [...Object.values(rawTcpNames(dialect)), ...settings.names]
}

/** Names of every setting; the reference documentation lists the same ones. */
export const SETTING_NAMES: readonly string[] = [
  // Two dialects may read the same one.
  ...new Set([...FIRST_NAMES, ...DIALECT_NAMES.flatMap(namesOf), ...LAST_NAMES, ...LIMIT_NAMES]),
]

/** Prefix that nobody else uses: a name that begins so and is no setting is a slip. */
const OUR_NAME = 'PARLANCE_'
/** Prefixes of our settings: another name that begins so may be a slip. */
const OWN_PREFIXES: readonly string[] = [
  OUR_NAME,
  'TLS_',
  'LIMIT_',
  ...DIALECT_NAMES.flatMap((name) => [prefixOf(name), ...DIALECTS[name].settings.prefixes]),
]
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
      ([name, value = '']) => !(beginsAsOurs(name) && isLinkedPort(name, value)),
    ),
  )

const beginsAsOurs = (name: string): boolean => OWN_PREFIXES.some((prefix) => name.startsWith(prefix))

function strangersIn(environment: Environment): readonly string[] {
  const known = new Set<string>(SETTING_NAMES)
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const isOurs = known.has(name) || name.startsWith(TEST_PREFIX) || !beginsAsOurs(name)
    return isOurs || isServiceLink(name, value) ? [] : [name]
  })
}

const meantBy = (name: string): string | undefined =>
  name.length > MAX_NAME_LENGTH ? undefined : nearestSetting(name, SETTING_NAMES)
