import type { AccountStateStore, StateRow } from '../store/store.ts'
import type { AccountId } from './types.ts'

/** Reads what changed of an account's own state: for a client that was away. */
export class AccountState {
  readonly #store: AccountStateStore

  constructor(store: AccountStateStore) {
    this.#store = store
  }

  /** The account's last number. Read it before anything that it is to cover. */
  cursor(accountId: AccountId): Promise<number> {
    return this.#store.cursor(accountId)
  }

  /** The rows that were touched after that number, at most `limit`, by their numbers. A full page is not the last. */
  since(accountId: AccountId, cursor: number, limit: number): Promise<readonly StateRow[]> {
    return this.#store.since(accountId, cursor, limit)
  }
}
