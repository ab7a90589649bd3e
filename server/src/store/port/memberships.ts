import type { AccountId, ConversationId, OwnListing, Preferences, ReadState } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { TouchedRow } from './account-state.ts'

/** A member's own side of its conversations: read marks by place, settings, and lists with both. */
export interface MembershipStore {
  /**
   * Moves the read mark to that place, or to the last message where that is earlier; back only with `isForced`. Moves
   * `lastReadAt` and `lastReadSeq` too, forward only, but not with `isForced`. Refuses 'not_a_member'.
   */
  markReadUpTo(mark: NewReadMark): Promise<ReadMarked>
  /** Sets what is given, and leaves the rest. Refuses 'not_a_member'. */
  setPreferences(change: PreferenceChange): Promise<PreferencesSet>
  /** The newest `limit` by last activity. Bounded work, as long as the account is active where others are. */
  listNewest(accountId: AccountId, limit: number): Promise<readonly OwnListing[]>
  /** The pinned first, then by last activity, the latest first. */
  list(accountId: AccountId, page: OwnListingPage): Promise<readonly OwnListing[]>
  /** As `list`, those whose name begins so; of a private one, either of the names of the other member. */
  search(accountId: AccountId, page: OwnListingPage, prefix: string): Promise<readonly OwnListing[]>
  /** Those among them of which the account is a member, in no particular order. */
  find(accountId: AccountId, conversationIds: readonly ConversationId[]): Promise<readonly OwnListing[]>
}

export interface NewReadMark {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly seq: number
  readonly isForced: boolean
  readonly at: Micros
}

export interface ReadMarked extends ReadState {
  /** The read mark, if it has moved. */
  readonly touched: readonly TouchedRow[]
}

export interface PreferenceChange extends Partial<Preferences> {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
}

export interface PreferencesSet {
  /** As they are now. */
  readonly preferences: Preferences
  /** The membership, if a setting has changed. */
  readonly touched: readonly TouchedRow[]
}

export interface OwnListingPage {
  readonly isArchived: boolean
  /** The place of the last one of the page before; null for the first page. */
  readonly after: OwnListingPlace | null
  readonly limit: number
}

export interface OwnListingPlace {
  readonly isPinned: boolean
  readonly activityAt: Micros
  readonly conversationId: ConversationId
}
