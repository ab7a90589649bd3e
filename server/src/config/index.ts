import { DIALECT_NAMES, DIALECTS, type DialectName, type DialectSettings } from '../dialects/index.ts'
import { LOG_LEVELS } from '../lib/log-level.ts'
import { PASSWORD_COST } from '../lib/password.ts'
import { SettingsReader } from '../lib/settings.ts'
import { certificatesDirectoryOf } from './acme.ts'
import { backUpDirectoryOf } from './back-ups.ts'
import type { Config } from './config.ts'
import { type Database, databaseOf, redisUrlOf } from './engines.ts'
import { filesDirectoryOf } from './files.ts'
import { ratesOf } from './limits.ts'
import { type Environment, type OwnSettings, refuseUnknown, withoutServiceLinks } from './names.ts'
import { dedicatedPortsOf, rawPortsOf, refuseSharedPorts } from './ports.ts'
import { tlsOf } from './tls.ts'
import { tracingOf } from './tracing.ts'
import { trustedProxiesOf } from './trusted-proxies.ts'

export type { AcmeSettings } from './acme.ts'
export type { Config } from './config.ts'
export { type Database, shownDatabase } from './engines.ts'
export { type Environment, rawTcpNames, SETTING_NAMES, unreadNames } from './names.ts'
export type { TracingSettings } from './tracing.ts'

/** Throws `SettingRefusal`, whose message is one sentence that says what to write instead. */
export function readConfig(environment: Environment): Config {
  refuseUnknown(environment)
  const all = new SettingsReader(withoutServiceLinks(environment))
  const settings: OwnSettings = all
  const dialects = settings.list('PARLANCE_DIALECTS', DIALECT_NAMES) ?? DIALECT_NAMES
  const database = databaseOf(all)
  const filesDirectory = filesDirectoryOf(settings, database)
  const certificatesDirectory = certificatesDirectoryOf(settings, database)
  const config: Config = {
    host: settings.text('HOST') ?? '127.0.0.1',
    port: settings.integer('PORT', { from: 0, to: 65_535 }) ?? 8000,
    tls: tlsOf(settings, database),
    database,
    redisUrl: redisUrlOf(settings, database),
    dialects,
    dedicatedPorts: dedicatedPortsOf(settings, dialects),
    rawPorts: rawPortsOf(all, dialects),
    ...dialectSettingsOf(all, dialects),
    web: settings.flag('PARLANCE_WEB') ?? true,
    playground: playgroundOf(settings.flag('PARLANCE_PLAYGROUND')),
    rateLimits: settings.flag('PARLANCE_RATE_LIMITS') ?? true,
    rates: ratesOf(settings),
    maxMessageBytes: settings.integer('MAX_MESSAGE_BYTES', { from: 1, to: 60_000 }) ?? 8192,
    filesDirectory,
    filesQuota: settings.integer('FILES_QUOTA', { from: 0, to: 10 ** 15 - 1 }) ?? 2 * 1024 ** 3,
    certificatesDirectory,
    backUpDirectory: backUpDirectoryOf(settings, { database, filesDirectory, certificatesDirectory }),
    retentionDays: settings.integer('RETENTION_DAYS', { from: 0, to: 36_500 }) ?? 0,
    passwordPolicy: settings.choice('PASSWORD_POLICY', ['any', 'strict']) ?? 'any',
    registration: settings.choice('REGISTRATION', ['open', 'closed']) ?? 'open',
    passwordCost: PASSWORD_COST,
    trustedProxies: trustedProxiesOf(settings),
    drainSeconds: settings.integer('PARLANCE_DRAIN_SECONDS', { from: 0, to: 300 }) ?? 0,
    logLevel: settings.choice('LOG_LEVEL', LOG_LEVELS) ?? 'info',
    tracing: tracingOf(settings),
    metrics: settings.flag('METRICS') ?? true,
    metricsToken: settings.text('METRICS_TOKEN'),
  }
  refuseSharedPorts(config)
  return Object.freeze(config)
}

const playgroundOf = (isOn: boolean | undefined): Config['playground'] =>
  isOn === undefined ? 'local' : isOn ? 'on' : 'off'

/** Settings of dialects that are off are read too: a value that cannot be used is refused at once. */
function dialectSettingsOf(settings: SettingsReader, dialects: readonly DialectName[]): DialectSettings {
  const entries = DIALECT_NAMES.map(
    (name) => [name, DIALECTS[name].settings.read(settings, dialects.includes(name))] as const,
  )
  // The entries are those of the table, whose type says which settings belong to which name.
  return Object.fromEntries(entries) as DialectSettings
}

/** The folder of uploaded files of that database, likewise. */
export const readFilesDirectory = (environment: Environment, database: Database): string =>
  filesDirectoryOf(new SettingsReader(withoutServiceLinks(environment)), database)

/** The folder of the certificate that the server of that database gets by itself, likewise. */
export const readCertificatesDirectory = (environment: Environment, database: Database): string =>
  certificatesDirectoryOf(new SettingsReader(withoutServiceLinks(environment)), database)

/** Only where the data is, for a command that serves nobody. Throws as `readConfig` does. */
export function readDatabase(environment: Environment): Database {
  refuseUnknown(environment)
  return databaseOf(new SettingsReader(withoutServiceLinks(environment)))
}
