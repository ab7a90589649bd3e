import type { DialectName } from '../dialects/index.ts'
import type { PasswordCost } from '../lib/password.ts'
import type { Database } from './engines.ts'

/** Everything that can be set, parsed and checked. Nothing else reads the environment. */
export interface Config {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly database: Database
  readonly dialects: readonly DialectName[]
  readonly dedicatedPorts: readonly { readonly dialect: DialectName; readonly port: number }[]
  readonly rooms: {
    readonly tcpPort: number | null
    readonly tcpHost: string
    readonly historyLimit: number
    /** Whether the MD5 of a password logs its owner in there. False where the dialect is off. */
    readonly md5Passwords: boolean
  }
  readonly chatapp: {
    /** Undefined: generated on first start. */
    readonly jwtSecret: string | undefined
    readonly allowedOrigins: readonly string[]
    readonly cookieSameSite: 'lax' | 'strict' | 'none'
    /** Whether a connection ends when the token that opened it does. */
    readonly endsWithToken: boolean
  }
  readonly groups: { readonly guestsAllowed: boolean }
  readonly channels: {
    readonly historyLimit: number
    readonly tokenTtlSeconds: number
    /** Whether a Pusher connection ends when the last token that signed one of its subscriptions does. */
    readonly endsWithToken: boolean
    /** Presence channels that every account may enter; `*` stands for any characters. */
    readonly presenceNames: readonly string[]
  }
  readonly pusher: {
    readonly appId: string | undefined
    readonly key: string | undefined
    readonly secret: string | undefined
    /** Set: events go to hosted Pusher and the built-in server is off. */
    readonly cluster: string | undefined
    readonly webhookUrl: string | undefined
    readonly subscriptionCounts: boolean
    /** Connections of the application, over all nodes. */
    readonly maxConnections: number | undefined
  }
  /** Several nodes are one chat through it. */
  readonly redisUrl: string | undefined
  readonly rateLimits: boolean
  /** How long a server that is asked to stop goes on serving while `/readyz` keeps newcomers away. */
  readonly drainSeconds: number
  readonly maxMessageBytes: number
  /** The rule for new passwords. */
  readonly passwordPolicy: 'any' | 'strict'
  /** Of new hashes. No setting: only who embeds the server can choose it. */
  readonly passwordCost: PasswordCost
  readonly trustedProxies: readonly string[]
  readonly logLevel: LogLevel
  readonly metrics: boolean
  /** Lets a scraper that is not on loopback read /metrics as `Authorization: Bearer …`. */
  readonly metricsToken: string | undefined
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
