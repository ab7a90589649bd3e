import type { AccountStore, AccountsFound, ContactStore, FoundPlace } from '../store/store.ts'
import { isActive } from './policy.ts'
import type { Account, AccountId } from './types.ts'

/** Reads of one search, each of which may find fewer accounts than it looks at. */
const MAX_READS = 4

interface Search {
  readonly prefix: string
  readonly after: FoundPlace | null
  readonly limit: number
}

/** Accounts as others see and look for them. */
export class People {
  readonly #accounts: AccountStore
  readonly #contacts: ContactStore

  constructor(store: { readonly accounts: AccountStore; readonly contacts: ContactStore }) {
    this.#accounts = store.accounts
    this.#contacts = store.contacts
  }

  /** Undefined also for a disabled account, and for one that has blocked the viewer. */
  async find(viewerId: AccountId, accountId: AccountId): Promise<Account | undefined> {
    const account = await this.#accounts.find(accountId)
    const [shown] = account ? await this.visible(viewerId, [account]) : []
    return shown
  }

  /** Those among the accounts that are not disabled, and have not blocked the viewer. */
  async visible(viewerId: AccountId, accounts: readonly Account[]): Promise<readonly Account[]> {
    if (accounts.length === 0) return []
    const ids = accounts.map(({ accountId }) => accountId)
    const blockers = new Set(await this.#contacts.blockersOf(viewerId, ids))
    return accounts.filter((account) => isActive(account) && !blockers.has(account.accountId))
  }

  /**
   * Those whose username or display name begins so, by that name: no guests, nobody disabled, and nobody who has blocked
   * the viewer. At most `limit`, and perhaps fewer while there are more.
   */
  async search(viewerId: AccountId, { prefix, after, limit }: Search): Promise<AccountsFound> {
    const items: Account[] = []
    let next = after
    for (let reads = 0; reads < MAX_READS && items.length < limit; reads++) {
      const wanted = { prefix, after: next, limit: limit - items.length }
      const found = await this.#accounts.search(viewerId, wanted)
      items.push(...found.items)
      next = found.next
      if (!next) break
    }
    return { items, next }
  }
}
