import type { DatabaseSync } from 'node:sqlite'
import type { AccountId } from '../../core/types.ts'
import type { StateKind, TouchedRow } from '../store.ts'
import { prepare } from './statement.ts'

/** Gives an account's next number to a row of its own state. */
export class Numbers {
  readonly #draw
  readonly #stamp

  constructor(db: DatabaseSync) {
    this.#draw = prepare<{ last: number }>(db, DRAW)
    this.#stamp = prepare(db, STAMP)
  }

  touch(accountId: AccountId, kind: StateKind, key: string, isGone = false): TouchedRow {
    const drawn = this.#draw.get(accountId)
    if (!drawn) throw new Error('no number was drawn')
    const { last: number } = drawn
    this.#stamp.run(accountId, kind, key, number, isGone ? 1 : 0)
    return { accountId, kind, key, number, isGone }
  }
}

const DRAW = `
  INSERT INTO account_numbers (account_id, last) VALUES (?, 1)
  ON CONFLICT (account_id) DO UPDATE SET last = last + 1
  RETURNING last`

const STAMP = `
  INSERT INTO account_rows (account_id, kind, key, number, is_gone) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (account_id, kind, key) DO UPDATE SET number = excluded.number, is_gone = excluded.is_gone`
