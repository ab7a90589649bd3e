import type { DialectName, DialectSettings } from '../dialects/index.ts'
import type { LogLevel } from '../lib/log-level.ts'
import type { PasswordCost } from '../lib/password.ts'
import type { Database } from './engines.ts'
import type { Rates } from './limits.ts'
import type { TlsSettings } from './tls.ts'
import type { TracingSettings } from './tracing.ts'

/** Everything that can be set, parsed and checked. Nothing else reads the environment. */
export interface Config extends DialectSettings {
  /** The dialects that are on, in the order of `DIALECT_NAMES`. */
  readonly dialects: readonly DialectName[]
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** The certificate with which all ports speak TLS; undefined where a proxy does. */
  readonly tls: TlsSettings | undefined
  readonly database: Database
  readonly dedicatedPorts: readonly { readonly dialect: DialectName; readonly port: number }[]
  /** Ports of raw TCP; port 0 takes a free one. */
  readonly rawPorts: readonly {
    readonly dialect: DialectName
    readonly port: number
    readonly host: string
  }[]
  /** Several nodes are one chat through it. */
  readonly redisUrl: string | undefined
  /** The folder in which files are kept; the same for all nodes. */
  readonly filesDirectory: string
  /** The folder of the certificate that the server gets by itself, whether or not it does; each node has its own. */
  readonly certificatesDirectory: string
  /** Bytes of all files of one account. */
  readonly filesQuota: number
  /** The folder of the back-ups that administrators ask for; undefined where they cannot. */
  readonly backUpDirectory: string | undefined
  /** Days for which messages are kept; 0 is for ever. */
  readonly retentionDays: number
  readonly rateLimits: boolean
  /** Rates of limits that are others than usual. */
  readonly rates: Rates
  /** Whether the web client is served, where the native dialect is on. */
  readonly web: boolean
  /** The playground lets in this machine alone, everybody, or nobody. It is a page of the web client. */
  readonly playground: 'local' | 'on' | 'off'
  /** How long a server that is asked to stop goes on serving while `/readyz` keeps newcomers away. */
  readonly drainSeconds: number
  readonly maxMessageBytes: number
  /** The rule for new passwords. */
  readonly passwordPolicy: 'any' | 'strict'
  /** Whether anybody may make an account, or come as a guest under a new name. */
  readonly registration: 'open' | 'closed'
  /** argon2id cost of new password hashes. No environment setting: only embedding programs choose it. */
  readonly passwordCost: PasswordCost
  /** Reports events that leave out of the order of their commits. No setting: only tests set it. */
  readonly checksOrder?: boolean
  readonly trustedProxies: readonly string[]
  readonly logLevel: LogLevel
  /** Undefined where nothing is traced. */
  readonly tracing: TracingSettings | undefined
  readonly metrics: boolean
  /** Lets a scraper that is not on loopback read /metrics as `Authorization: Bearer …`. */
  readonly metricsToken: string | undefined
}
