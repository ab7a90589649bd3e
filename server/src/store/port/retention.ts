import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** The oldest messages of conversations, which go when they have been kept long enough. */
export interface RetentionStore {
  /**
   * Takes away the oldest messages that were sent before `before`, at most `limit`, by one change. With them goes all
   * that hangs on them: earlier texts, words, mentions, reactions, pins, files. Replies to them are replies no more. Their
   * client ids are kept. Answers null, and records nothing, where the oldest is younger; a wish of up to `before` is
   * fulfilled then. Refuses 'unknown_conversation'.
   */
  purge(purge: Purge): Promise<Purged | null>
  /**
   * Looks at `limit` conversations after that id, in the order of ids. With `isOwnRule`, only at those that have
   * `retentionDays` of their own, or a wish: they are found without looking at the others.
   */
  kept(page: KeptPage): Promise<readonly KeptHistory[]>
  /** Has the messages that were sent before `before` purged soon, by whichever server purges. Never takes an earlier wish back. */
  wish(wish: { readonly conversationId: ConversationId; readonly before: Micros }): Promise<void>
  /** The conversation's unfulfilled wish. */
  findWish(conversationId: ConversationId): Promise<Micros | undefined>
  /** Takes the lease, or renews one's own. False while it is another's. */
  lease(lease: Lease): Promise<boolean>
}

export interface Purge {
  readonly conversationId: ConversationId
  readonly before: Micros
  readonly limit: number
  readonly at: Micros
}

export interface Purged {
  readonly change: number
  /** The last message that went. */
  readonly upToSeq: number
  readonly count: number
}

export interface KeptPage {
  readonly after: number
  readonly limit: number
  readonly isOwnRule: boolean
}

export interface KeptHistory {
  readonly conversationId: ConversationId
  readonly retentionDays: number | null
  readonly purgeBefore: Micros | null
  /** When its oldest message was sent; null where there is none. */
  readonly oldestAt: Micros | null
}

export interface Lease {
  readonly name: string
  /** The process that has it, by a random name. */
  readonly holder: string
  readonly at: Micros
  readonly until: Micros
}
