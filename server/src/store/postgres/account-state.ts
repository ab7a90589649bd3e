import type { AccountId } from '../../core/types.ts'
import type { AccountStateStore, StateRow } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { limitOf, prepare } from './statement.ts'

export class PostgresAccountState implements AccountStateStore {
  readonly #cursor
  readonly #since

  constructor(sql: Queryable) {
    this.#cursor = prepare<{ last: number }>(sql, CURSOR)
    this.#since = prepare<StateRow>(sql, SINCE)
  }

  async cursor(accountId: AccountId): Promise<number> {
    return (await this.#cursor.get(accountId))?.last ?? 0
  }

  since(accountId: AccountId, cursor: number, limit: number): Promise<readonly StateRow[]> {
    return this.#since.all(accountId, cursor, limitOf(limit))
  }
}

const CURSOR = 'SELECT last FROM account_numbers WHERE account_id = $1'

const SINCE = `
  SELECT kind AS "kind", key AS "key", number AS "number", is_gone AS "isGone" FROM account_rows
  WHERE account_id = $1 AND number > $2 ORDER BY number LIMIT $3`
