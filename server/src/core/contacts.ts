import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { ContactPage, ContactStore } from '../store/store.ts'
import { requireAnother } from './policy.ts'
import type { Presence } from './presence.ts'
import { publishTouched } from './publish-touched.ts'
import type { Account, AccountId } from './types.ts'

interface ContactsParts {
  readonly store: ContactStore
  readonly bus: Bus
  readonly clock: Clock
  readonly presence: Pick<Presence, 'retell'>
}

/** Contacts and blocks between accounts. */
export class Contacts {
  readonly #store: ContactStore
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #presence: Pick<Presence, 'retell'>

  constructor({ store, bus, clock, presence }: ContactsParts) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
    this.#presence = presence
  }

  /** Mutual at once. Refuses 'with_yourself', 'already_a_contact'. */
  async add(accountId: AccountId, contactId: AccountId): Promise<void> {
    requireAnother(accountId, contactId)
    const at = this.#clock.nowMicros()
    await publishTouched(this.#bus, this.#store.add(accountId, contactId, at))
  }

  /** Ends it for both, if they are contacts. */
  async remove(accountId: AccountId, contactId: AccountId): Promise<void> {
    await publishTouched(this.#bus, this.#store.remove(accountId, contactId))
  }

  list(accountId: AccountId): Promise<readonly Account[]> {
    return this.#store.list(accountId)
  }

  /** Those with greater ids, at most `limit`, by id. */
  page(accountId: AccountId, page: ContactPage): Promise<readonly Account[]> {
    return this.#store.page(accountId, page)
  }

  /** As `page`, those whom the account has blocked. */
  blocked(accountId: AccountId, page: ContactPage): Promise<readonly Account[]> {
    return this.#store.blocked(accountId, page)
  }

  /**
   * From now on the blocked cannot find the blocker, sees them offline, cannot add them to anything nor make them a
   * contact, and cannot write in their private conversation. Conversations in common go on. Refuses 'with_yourself'.
   */
  async block(blockerId: AccountId, blockedId: AccountId): Promise<void> {
    requireAnother(blockerId, blockedId)
    const at = this.#clock.nowMicros()
    await publishTouched(this.#bus, this.#store.block(blockerId, blockedId, at))
    await this.#presence.retell(blockerId, blockedId)
  }

  async unblock(blockerId: AccountId, blockedId: AccountId): Promise<void> {
    await publishTouched(this.#bus, this.#store.unblock(blockerId, blockedId))
    await this.#presence.retell(blockerId, blockedId)
  }
}
