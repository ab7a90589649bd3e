import type { AccountId, MessageDetails, MessageId } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import type { LoggedChange } from './store.ts'

/** A row of the table of changes. */
export interface ChangeRow {
  readonly change: number
  readonly kind:
    | 'created'
    | 'joined'
    | 'left'
    | 'edited'
    | 'deleted'
    | 'member_changed'
    | 'conversation_changed'
  readonly accountId: AccountId
  readonly messageId: MessageId | null
  /** The place of that message among the conversation's messages. */
  readonly seq: number | null
  readonly at: Micros
  /** JSON, with facts that only some kinds need. */
  readonly data: string | null
  /** The message that was edited, as it is now; undefined when it has been deleted since, and for any other kind. */
  readonly message: MessageDetails | undefined
}

export interface SentRow {
  readonly change: number
  /** Undefined when it has been deleted. */
  readonly message: MessageDetails | undefined
}

/**
 * Both kinds of change in one series after `after`, up to the first hole: a missing change had not been committed
 * when the rows were read.
 */
export function merged(
  after: number,
  sent: readonly SentRow[],
  rows: readonly ChangeRow[],
  limit: number,
): readonly LoggedChange[] {
  const byNumber = new Map<number, LoggedChange>()
  for (const { change, message } of sent) byNumber.set(change, { change, kind: 'sent', message })
  for (const row of rows) byNumber.set(row.change, loggedOf(row))
  const series: LoggedChange[] = []
  while (series.length < limit) {
    const next = byNumber.get(after + 1 + series.length)
    if (!next) break
    series.push(next)
  }
  return series
}

/** The column `data`, in which each kind of change has its own part. */
interface Data {
  readonly by?: AccountId
}

function loggedOf({ change, kind, accountId, messageId, seq, at, data, message }: ChangeRow): LoggedChange {
  if (kind === 'edited') return { change, kind, message }
  if (kind === 'conversation_changed') return { change, kind, byId: accountId }
  if (kind === 'member_changed') return { change, kind, accountId, byId: dataOf(data).by ?? accountId, at }
  if (kind !== 'deleted') return { change, kind, accountId, at }
  if (messageId === null || seq === null) throw new Error('a deletion without its message')
  return { change, kind, messageId, seq, at }
}

// Written by the store alone.
const dataOf = (data: string | null): Data => (data === null ? {} : (JSON.parse(data) as Data))
