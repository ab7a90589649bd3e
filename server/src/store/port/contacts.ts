import type { Account, AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Numbered } from './account-state.ts'

export interface ContactPage {
  readonly after: number
  readonly limit: number
}

export interface ContactStore {
  /** Both ways. Refuses 'already_a_contact', 'unknown_account' (gone, or has blocked the one who adds). */
  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<Numbered>
  /** Both ways. Does nothing where they are no contacts. */
  remove(accountId: AccountId, contactId: AccountId): Promise<Numbered>
  /** In the order they were added. */
  list(accountId: AccountId): Promise<readonly Account[]>
  /** Contacts with greater ids, at most `limit`, by id. */
  page(accountId: AccountId, page: ContactPage): Promise<readonly Account[]>
  /** As `page`, the accounts that this one has blocked. */
  blocked(accountId: AccountId, page: ContactPage): Promise<readonly Account[]>
  /** The blocked one's own state does not tell of it. */
  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<Numbered>
  unblock(blockerId: AccountId, blockedId: AccountId): Promise<Numbered>
  /** Those among `accountIds` who have blocked this account. */
  blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]>
  /** Those among `accountIds` whom this account has blocked. */
  blockedBy(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]>
  /** Members of the conversation whom this account has blocked. */
  blockedMembers(accountId: AccountId, conversationId: ConversationId): Promise<readonly AccountId[]>
  /** Those among `accountIds` with whom this account shares a contact or a conversation. */
  knownAmong(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]>
}
