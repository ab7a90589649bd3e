import type { AccountId } from '../../core/types.ts'

/**
 * An account's own state: its read marks, memberships with their settings, mentions by name, contacts, blocks, settings
 * and profile. Every write of it draws the account's next number, 1, 2, 3 … without a hole, and stamps the row that it
 * touches.
 */
export interface AccountStateStore {
  /** The account's last number; 0 before the first. */
  cursor(accountId: AccountId): Promise<number>
  /**
   * The rows that were touched after that number, at most `limit`, in the order of the numbers that last touched them.
   * Each row comes once: a number that has been overtaken by a later one of the same row is not among them.
   */
  since(accountId: AccountId, cursor: number, limit: number): Promise<readonly StateRow[]>
}

/** `membership` covers the role, and whether the conversation is muted, pinned or archived; `read` is the read mark. */
export type StateKind = 'membership' | 'read' | 'mention' | 'contact' | 'block' | 'settings' | 'profile'

export interface StateRow {
  readonly kind: StateKind
  /**
   * The conversation's id, of a mention with `:` and the seq behind it; the other account's id, of a contact or block;
   * empty for settings and profile, of which an account has one.
   */
  readonly key: string
  /** The one that last touched it. */
  readonly number: number
  /** The row has ended: left, removed, unblocked. It stays, so that a client which resumes learns of it. */
  readonly isGone: boolean
}

/** The answer of a write of accounts' own state alone: the rows that it touched, none if nothing has changed. */
export interface Numbered {
  readonly touched: readonly TouchedRow[]
}

/** A row as a write has just touched it. */
export interface TouchedRow extends StateRow {
  readonly accountId: AccountId
}
