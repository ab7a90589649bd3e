import type { AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Numbered } from './account-state.ts'
import type { Deleted } from './messages.ts'

/** Accounts that remove themselves, and what is left to do for them. */
export interface RemovalStore {
  /**
   * Gives the account's name, uuid, password and profile up, voids its credentials and ends its contacts and blocks,
   * those by others too. A removal is then pending, until `note` ends it. Refuses 'wrong_credentials' (`old` is not the
   * account's hash) and 'conflict' (contacts or blockers are others than given).
   */
  remove(removal: AccountToRemove): Promise<AccountRemoved>
  /** Everyone whose own state tells of the account: its contacts, and those who have blocked it. */
  bondsOf(accountId: AccountId): Promise<Bonds>
  /** The removals that are not done, in no particular order. */
  pending(): Promise<readonly PendingRemoval[]>
  /** Notes how far the messages of a removed account are deleted; null when nothing is left to do. */
  note(progress: RemovalProgress): Promise<void>
  /** The account's messages among the `limit` ids after that one: some at a time, because no index leads to them. */
  messagesAfter(accountId: AccountId, messageId: number, limit: number): Promise<OwnMessages>
  /** Deletes one of them. Refuses 'unknown_message' (absent, deleted, another's, or the account is not removed). */
  takeBack(message: RemovedMessage): Promise<Deleted>
}

export interface RemovedMessage {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly senderId: AccountId
  readonly at: Micros
}

export interface Bonds {
  readonly contactIds: readonly AccountId[]
  readonly blockerIds: readonly AccountId[]
}

export interface AccountToRemove extends Bonds {
  readonly accountId: AccountId
  /** The new one. */
  readonly uuid: string
  readonly old: string
  readonly removesMessages: boolean
  /** Whether contacts and blockers are noticed by servers, as a process does that has no bus to tell them. */
  readonly leavesNotices: boolean
  readonly at: Micros
}

export interface AccountRemoved extends Numbered {
  readonly credentialsSince: Micros
}

export interface PendingRemoval {
  readonly accountId: AccountId
  readonly removesMessages: boolean
  /** Messages up to this id are done. */
  readonly messageId: number
}

export interface RemovalProgress {
  readonly accountId: AccountId
  readonly messageId: number | null
}

export interface OwnMessages {
  readonly places: readonly { readonly conversationId: ConversationId; readonly seq: number }[]
  /** The last id that was looked at; null when there is none after the first. */
  readonly upTo: number | null
}
