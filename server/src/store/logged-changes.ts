import type { AccountId, MessageDetails, MessageId } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { LoggedChange, ReactionChange } from './store.ts'

export type LoggedKind = Exclude<LoggedChange['kind'], 'sent' | 'forgotten'>

/** Kinds that are told with the message as it is now. */
export const TELLS_MESSAGE: ReadonlySet<LoggedKind> = new Set(['edited', 'reacted'])

/** A row of the table of changes. */
export interface ChangeRow {
  readonly change: number
  readonly kind: LoggedKind
  readonly accountId: AccountId
  /** Null too once the message is purged. */
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

/** The conversation as it was before the rows were read. */
export interface LogExtent {
  /** The last message up to the change after which is read. */
  readonly seq: number
  readonly firstSeq: number
  readonly lastChange: number
}

interface LoggedRows {
  readonly sent: readonly SentRow[]
  readonly others: readonly ChangeRow[]
  readonly extent: LogExtent
}

/**
 * Both kinds of change in one series after `after`, up to the first hole: a missing change had not been committed
 * when the rows were read. Sends of purged messages have left no row, and are told by their numbers.
 */
export function merged(
  after: number,
  { sent, others, extent }: LoggedRows,
  limit: number,
): readonly LoggedChange[] {
  const { firstSeq, lastChange } = extent
  let { seq } = extent
  const byNumber = new Map<number, LoggedChange>()
  for (const { change, message } of sent) byNumber.set(change, { change, kind: 'sent', message })
  for (const row of others) byNumber.set(row.change, loggedOf(row))
  const series: LoggedChange[] = []
  while (series.length < limit) {
    const change = after + 1 + series.length
    const next = byNumber.get(change)
    const isPurged = seq + 1 < firstSeq && change <= lastChange
    if (!next && !isPurged) break
    if (!next || next.kind === 'sent') seq++
    series.push(next ?? { change, kind: 'forgotten' })
  }
  return series
}

/** The column `data`, in which each kind of change has its own part. Written by the store alone. */
interface Data {
  /** The account that changed a role. */
  readonly by?: AccountId
  /** Reactions that were put or removed. */
  readonly reactions?: readonly ReactionChange[]
  /** The last message that was purged. */
  readonly upToSeq?: number
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
    case 'purged':
      return { change, kind, upToSeq: dataOf(data).upToSeq ?? 0, at }
    case 'pinned':
    case 'unpinned':
    case 'deleted':
      if (messageId === null || seq === null) return { change, kind: 'forgotten' }
      return kind === 'deleted' ? { change, kind, messageId, seq, at } : { change, kind, seq, accountId, at }
    default:
      return unreachable(kind)
  }
}

const dataOf = (data: string | null): Data => (data === null ? {} : (JSON.parse(data) as Data))
