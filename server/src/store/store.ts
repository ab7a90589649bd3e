import type { AccountStateStore } from './port/account-state.ts'
import type { AccountStore } from './port/accounts.ts'
import type { AuditStore } from './port/audit.ts'
import type { ChangeStore } from './port/changes.ts'
import type { ContactStore } from './port/contacts.ts'
import type { ConversationRemovalStore } from './port/conversation-removals.ts'
import type { ConversationStore } from './port/conversations.ts'
import type { ExportStore } from './port/exports.ts'
import type { FileStore } from './port/files.ts'
import type { InviteStore } from './port/invites.ts'
import type { MemberStore } from './port/members.ts'
import type { MembershipStore } from './port/memberships.ts'
import type { MentionStore } from './port/mentions.ts'
import type { MessageStore } from './port/messages.ts'
import type { OverviewStore } from './port/overview.ts'
import type { PinStore } from './port/pins.ts'
import type { ReactionStore } from './port/reactions.ts'
import type { RemovalStore } from './port/removals.ts'
import type { RetentionStore } from './port/retention.ts'
import type { SearchStore } from './port/search.ts'
import type { SessionStore } from './port/sessions.ts'

export type * from './port/account-state.ts'
export type * from './port/accounts.ts'
export type * from './port/audit.ts'
export type * from './port/changes.ts'
export type * from './port/contacts.ts'
export type * from './port/conversation-removals.ts'
export type * from './port/conversations.ts'
export type * from './port/exports.ts'
export * from './port/files.ts'
export * from './port/invites.ts'
export type * from './port/members.ts'
export type * from './port/memberships.ts'
export type * from './port/mentions.ts'
export type * from './port/messages.ts'
export type * from './port/overview.ts'
export type * from './port/pins.ts'
export * from './port/reactions.ts'
export type * from './port/removals.ts'
export * from './port/request-keys.ts'
export type * from './port/retention.ts'
export type * from './port/search.ts'
export type * from './port/sessions.ts'
export { StoreRefusal } from './refusal.ts'
export { LINK_TERM, senderTerm, termsOf } from './search-index.ts'

/**
 * The durable log. Every write is one transaction. It re-checks the facts that its caller decided from, and rejects
 * with a `ChatError` when they no longer hold. Its promise resolves only after the commit is on disk, and promises
 * resolve in commit order. A failure of the engine is the `ChatError` 'unavailable' where nothing of that write was
 * stored. It is 'outcome_unknown' where it may have been: the commit itself failed, or its answer did not come.
 * Waiting writes are bounded, and one more is refused 'busy'. Reads see every write that has resolved.
 */
export interface Store {
  readonly accounts: AccountStore
  readonly accountState: AccountStateStore
  readonly sessions: SessionStore
  readonly contacts: ContactStore
  readonly conversations: ConversationStore
  readonly files: FileStore
  readonly invites: InviteStore
  readonly members: MemberStore
  readonly memberships: MembershipStore
  readonly messages: MessageStore
  readonly mentions: MentionStore
  readonly pins: PinStore
  readonly reactions: ReactionStore
  readonly search: SearchStore
  readonly changes: ChangeStore
  readonly removals: RemovalStore
  readonly conversationRemovals: ConversationRemovalStore
  readonly retention: RetentionStore
  readonly exports: ExportStore
  readonly overview: OverviewStore
  readonly audit: AuditStore
  /**
   * A random name of this course of the log: another one when the database was made, restored or imported, so that
   * numbers which readers remember may not be its own.
   */
  epoch(): Promise<string>
  /** Resolves when the engine answers, and takes a write. */
  ping(): Promise<void>
  /** Waits for what was accepted, then lets go of the engine. */
  close(): Promise<void>
}
