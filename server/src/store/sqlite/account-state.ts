import type { DatabaseSync } from 'node:sqlite'
import type { AccountId } from '../../core/types.ts'
import type { AccountStateStore, StateRow } from '../store.ts'
import { read } from './failure.ts'
import { limitOf, prepare, type Row } from './statement.ts'

export class SqliteAccountState implements AccountStateStore {
  readonly #cursor
  readonly #since

  constructor(db: DatabaseSync) {
    this.#cursor = prepare<{ last: number }>(db, CURSOR)
    this.#since = prepare<Row<StateRow>>(db, SINCE)
  }

  cursor(accountId: AccountId): Promise<number> {
    return read(() => this.#cursor.get(accountId)?.last ?? 0)
  }

  since(accountId: AccountId, cursor: number, limit: number): Promise<readonly StateRow[]> {
    return read(() =>
      this.#since
        .all(accountId, cursor, limitOf(limit))
        .map(({ isGone, ...row }) => ({ ...row, isGone: isGone === 1 })),
    )
  }
}

const CURSOR = 'SELECT last FROM account_numbers WHERE account_id = ?'

const SINCE = `
  SELECT kind, key, number, is_gone AS isGone FROM account_rows
  WHERE account_id = ? AND number > ? ORDER BY number LIMIT ?`
