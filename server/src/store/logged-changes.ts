import type { AccountId, MessageDetails, MessageId } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { LoggedChange, ReactionChange } from './store.ts'

export type LoggedKind = Exclude<LoggedChange['kind'], 'sent'>

/** Kinds that are told with the message as it is now. */
export const TELLS_MESSAGE: ReadonlySet<LoggedKind> = new Set(['edited', 'reacted'])

/** A row of the table of changes. */
export interface ChangeRow {
  readonly change: number
  readonly kind: LoggedKind
  readonly accountId: AccountId
  readonly messageId: MessageId | null
  /** The place of that message among the conversation's messages. */
  readonly seq: number | null
  readonly at: Micros
  /** JSON, as its kind has it. */
  readonly data: string | null
  /** For kinds that tell a message: as it is now; undefined when it has been deleted since. */
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

/** The column `data`, in which each kind of change has its own part. Written by the store alone. */
interface Data {
  /** The account that changed a role. */
  readonly by?: AccountId
  /** Reactions that were put or removed. */
  readonly reactions?: readonly ReactionChange[]
}

function loggedOf({ change, kind, accountId, messageId, seq, at, data, message }: ChangeRow): LoggedChange {
  switch (kind) {
    case 'edited':
      return { change, kind, message }
    case 'reacted':
      return { change, kind, message, by: dataOf(data).reactions ?? [] }
    case 'conversation_changed':
      return { change, kind, byId: accountId }
    case 'member_changed':
      return { change, kind, accountId, byId: dataOf(data).by ?? accountId, at }
    case 'left':
      return { change, kind, accountId, byId: dataOf(data).by ?? null, at }
    case 'created':
    case 'joined':
      return { change, kind, accountId, at }
    case 'pinned':
    case 'unpinned':
    case 'deleted':
      if (messageId === null || seq === null) throw new Error('a change of a message without its message')
      return kind === 'deleted' ? { change, kind, messageId, seq, at } : { change, kind, seq, accountId, at }
    default:
      return unreachable(kind)
  }
}

const dataOf = (data: string | null): Data => (data === null ? {} : (JSON.parse(data) as Data))
