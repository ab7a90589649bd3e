import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { MembershipStore, OwnListingPage } from '../store/store.ts'
import { publishTouched } from './publish-touched.ts'
import type { Receipts } from './receipts.ts'
import type { AccountId, ConversationId, OwnListing, Preferences, ReadState } from './types.ts'

interface MembershipsParts {
  readonly store: MembershipStore
  readonly bus: Bus
  readonly clock: Clock
  readonly receipts: Pick<Receipts, 'moved'>
}

/** An account's own side of its conversations: how far it has read, its settings, and lists that show both. */
export class Memberships {
  readonly #store: MembershipStore
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #receipts: Pick<Receipts, 'moved'>

  constructor({ store, bus, clock, receipts }: MembershipsParts) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
    this.#receipts = receipts
  }

  /**
   * Everything up to that place is read; past the last message, everything. The mark goes back only with `isForced`,
   * which leaves the mark of the groups dialect where it is. Refuses 'not_a_member'.
   */
  async markReadUpTo(
    accountId: AccountId,
    conversationId: ConversationId,
    { seq, isForced = false }: { readonly seq: number; readonly isForced?: boolean },
  ): Promise<ReadState> {
    const at = this.#clock.nowMicros()
    const marking = this.#store.markReadUpTo({ conversationId, accountId, seq, isForced, at })
    const { readSeq, unread, mentions, touched } = await publishTouched(this.#bus, marking)
    if (touched.length > 0 && !isForced) this.#receipts.moved({ accountId, conversationId, readSeq })
    return { readSeq, unread, mentions }
  }

  /** Sets what is given, and answers all of it. Refuses 'not_a_member'. */
  async setPreferences(
    accountId: AccountId,
    conversationId: ConversationId,
    change: Partial<Preferences>,
  ): Promise<Preferences> {
    const setting = this.#store.setPreferences({ ...change, conversationId, accountId })
    return (await publishTouched(this.#bus, setting)).preferences
  }

  /** The newest `limit` by last activity, at a cost that does not grow with their number. */
  listNewest(accountId: AccountId, limit: number): Promise<readonly OwnListing[]> {
    return this.#store.listNewest(accountId, limit)
  }

  /** The pinned first, then by last activity, the latest first. */
  list(accountId: AccountId, page: OwnListingPage): Promise<readonly OwnListing[]> {
    return this.#store.list(accountId, page)
  }

  /** As `list`, those whose name begins so; of a private one, either name of the other member. */
  search(accountId: AccountId, page: OwnListingPage, prefix: string): Promise<readonly OwnListing[]> {
    return this.#store.search(accountId, page, prefix)
  }

  /** Those among them of which the account is a member, in no particular order. */
  find(accountId: AccountId, conversationIds: readonly ConversationId[]): Promise<readonly OwnListing[]> {
    return this.#store.find(accountId, conversationIds)
  }
}
