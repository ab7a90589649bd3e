import type { ConversationKind } from '../core/types.ts'
import type { AccountStatus, Totals } from './store.ts'

/** A number under a name, as both engines count rows in groups. */
export interface Counted<Name> {
  readonly name: Name
  readonly count: number
}

export interface TotalRows {
  readonly accounts: readonly Counted<AccountStatus>[]
  readonly conversations: readonly (Counted<ConversationKind> & { readonly messages: number })[]
  readonly rest: Pick<Totals, 'sessions' | 'files' | 'fileBytes' | 'databaseBytes'>
}

/** The totals with a zero for each group that has no row. */
export function totalsOf({ accounts, conversations, rest }: TotalRows): Totals {
  return {
    accounts: { active: 0, guest: 0, disabled: 0, removed: 0, ...byName(accounts) },
    conversations: { private: 0, group: 0, open: 0, ...byName(conversations) },
    messages: conversations.reduce((sum, { messages }) => sum + messages, 0),
    ...rest,
  }
}

const byName = <Name extends string>(rows: readonly Counted<Name>[]): Partial<Record<Name, number>> =>
  Object.fromEntries(rows.map(({ name, count }) => [name, count])) as Partial<Record<Name, number>>

/** The row of a query that always has one. */
export function theRow<Row>(row: Row | undefined): Row {
  if (!row) throw new Error('an aggregate without a row')
  return row
}
