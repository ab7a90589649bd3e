import type { Account, AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

export interface ContactStore {
  /** Both ways. Refuses 'already_a_contact', 'unknown_account' (gone, or has blocked the one who adds). */
  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<void>
  /** In the order they were added. */
  list(accountId: AccountId): Promise<readonly Account[]>
  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<void>
  unblock(blockerId: AccountId, blockedId: AccountId): Promise<void>
  /** Those among `accountIds` who have blocked this account. */
  blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]>
}
