import type { LongAnswers } from '../answers/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Chat } from '../core/chat.ts'
import type { Feeds } from '../delivery/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { SettingsPart } from '../lib/settings.ts'
import type { Tally } from '../lib/tally.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { AddressOf, Limits } from '../transport/index.ts'
import type { Dialect, RawDialect } from './dialect.ts'
import type { FileLines } from './file-lines.ts'
import type { FileLinks } from './file-links.ts'
import type { DialectName } from './names.ts'
import type { Share, SharedPath } from './shared-paths.ts'

/** The facts that a server tells of itself. */
export interface About {
  readonly version: string
  /** As the store has it. */
  readonly epoch: string
  /** Those that are on. */
  readonly dialects: readonly DialectName[]
}

/** The parts that dialects are built from; each takes only those it uses. */
export interface DialectParts {
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly clock: Clock
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly metrics: Metrics
  /** Counts what the dialect does. */
  readonly tally: Tally
  readonly secrets: Secrets
  readonly about: About
  readonly links: FileLinks
  readonly lines: FileLines
}

/** All that is known of a dialect before its code is loaded, which only happens where it is on. */
export type DialectRow<Name extends DialectName, Settings = unknown> = RowFacts<Settings> &
  (PlainRow<Name, Settings> | RawRow<Name, Settings>)

interface RowFacts<Settings> {
  readonly settings: SettingsPart<Settings>
  readonly sharedPaths: Readonly<Record<SharedPath, Share>>
  /** The pages whose CORS preflights of shared paths it answers: these origins, or all that no other dialect lists. */
  preflights(settings: Settings): readonly string[] | 'others'
  readonly firstAccount: FirstAccount
}

interface PlainRow<Name extends DialectName, Settings> {
  readonly rawTcp: 'none'
  mount(parts: DialectParts, settings: Settings): Promise<Dialect<Name>>
}

interface RawRow<Name extends DialectName, Settings> {
  /** Raw TCP, at the port of the setting `<NAME>_TCP_PORT`. Without a default it is off until that is set. */
  readonly rawTcp: { readonly defaultPort: number | undefined }
  mount(parts: DialectParts, settings: Settings): Promise<RawDialect<Name>>
}

/** How somebody who has just started the server makes an account: a JSON request, or what to do in words. */
type FirstAccount = { readonly path: string; readonly body: string } | { readonly words: string }
