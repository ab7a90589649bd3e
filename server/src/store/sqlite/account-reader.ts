import type { DatabaseSync } from 'node:sqlite'
import type { Account, AccountId } from '../../core/types.ts'
import type { ReadCache } from './read-cache.ts'
import { ACCOUNT_COLUMNS, accountOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'

/** Accounts by id, mostly from memory. */
export class AccountReader {
  readonly #cache: ReadCache
  readonly #find

  constructor(db: DatabaseSync, cache: ReadCache) {
    this.#cache = cache
    this.#find = prepare<Row<Account>>(db, FIND)
  }

  find(accountId: AccountId): Account | undefined {
    return this.#cache.accounts.find(accountId, () => {
      const row = this.#find.get(accountId)
      return row && accountOf(row)
    })
  }
}

const FIND = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.id = ?`
