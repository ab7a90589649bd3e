import type { Config } from '../config/index.ts'
import type { MountedDialect } from '../dialects/index.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import type { AddressOf, Health, Limits, TlsGate } from '../transport/index.ts'
import type { Playground, WebClient } from '../web/index.ts'

export interface ListenersOptions {
  readonly dialects: readonly MountedDialect[]
  readonly health: Health
  /** Served at the main port; undefined where it is off. */
  readonly web: WebClient | undefined
  /** Likewise: its bridge to raw TCP. */
  readonly playground: Playground | undefined
  readonly metrics: Metrics
  readonly config: Config
  /** Stands before every port where the server itself speaks TLS. */
  readonly gate: TlsGate | undefined
  readonly addressOf: AddressOf
  readonly limits: Limits
  readonly log: Logger
}
