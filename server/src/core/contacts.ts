import type { Clock } from '../lib/clock.ts'
import type { ContactStore } from '../store/store.ts'
import { requireAnother } from './policy.ts'
import type { Account, AccountId } from './types.ts'

/** Contacts and blocks between accounts. */
export class Contacts {
  readonly #store: ContactStore
  readonly #clock: Clock

  constructor(store: ContactStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Mutual at once. Refuses 'with_yourself', 'already_a_contact'. */
  async add(accountId: AccountId, contactId: AccountId): Promise<void> {
    requireAnother(accountId, contactId)
    await this.#store.add(accountId, contactId, this.#clock.nowMicros())
  }

  list(accountId: AccountId): Promise<readonly Account[]> {
    return this.#store.list(accountId)
  }

  /** From now on the blocked cannot find the blocker nor send into their private conversation. */
  async block(blockerId: AccountId, blockedId: AccountId): Promise<void> {
    requireAnother(blockerId, blockedId)
    await this.#store.block(blockerId, blockedId, this.#clock.nowMicros())
  }

  unblock(blockerId: AccountId, blockedId: AccountId): Promise<void> {
    return this.#store.unblock(blockerId, blockedId)
  }
}
