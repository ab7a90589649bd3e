import type { Account } from '../core/types.ts'
import { nameKey } from '../lib/name-forms.ts'
import type { AccountsFound } from './store.ts'

// Accounts found by the beginning of a name: the same whatever the engine.

export interface FoundRow extends Account {
  readonly key: string
  readonly isShown: boolean
}

/** No name comes after it. */
const LAST = '\u{10FFFF}'

/** The names that begin so, as they are compared: from `key` to `end`. */
export function prefixOf(prefix: string): { readonly key: string; readonly end: string } {
  const key = nameKey(prefix)
  return { key, end: `${key}${LAST}` }
}

/** Null where the account is found by its username anyway. */
export function displayKeyOf({
  username,
  displayName,
}: Pick<Account, 'username' | 'displayName'>): string | null {
  const key = nameKey(displayName)
  return key === nameKey(username) ? null : key
}

export function foundIn(rows: readonly FoundRow[], limit: number): AccountsFound {
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    items: rows.flatMap(({ key: _, isShown, ...account }) => (isShown ? [account] : [])),
    next: last ? { key: last.key, accountId: last.accountId } : null,
  }
}
