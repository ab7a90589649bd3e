import type { Bus } from '../bus/bus.ts'
import type { TouchedRow } from '../store/store.ts'
import { accountTopic } from './events.ts'
import { publishOnCommit } from './publish-on-commit.ts'

/** Tells each account of the rows of its own state that a write has touched, once that is committed. */
export function publishTouched<Result extends { readonly touched: readonly TouchedRow[] }>(
  bus: Bus,
  committing: Promise<Result>,
): Promise<Result> {
  return publishOnCommit(committing, ({ touched }) => tellTouched(bus, touched))
}

/** The same in the reaction that publishes a write's other events. */
export function tellTouched(bus: Bus, touched: readonly TouchedRow[]): void {
  for (const row of touched) bus.publish(accountTopic(row.accountId), { type: 'account.changed', ...row })
}
