import type { TimelineItem, TimelineSnapshot } from '@parlance/client'
import { dayKeyOf } from '../lib/day.ts'

type Said = Extract<TimelineItem, { kind: 'message' }>

/** One row of the list of messages. */
export type Row =
  | { readonly kind: 'beginning'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly day: number }
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'hole'; readonly key: string; readonly item: Extract<TimelineItem, { kind: 'hole' }> }
  | {
      readonly kind: 'deleted'
      readonly key: string
      readonly item: Extract<TimelineItem, { kind: 'deleted' }>
    }
  | { readonly kind: 'message'; readonly key: string; readonly item: Said; readonly isRunOn: boolean }
  | {
      readonly kind: 'outgoing'
      readonly key: string
      readonly item: Extract<TimelineItem, { kind: 'outgoing' }>
      readonly isRunOn: boolean
    }

/** Milliseconds between two messages of a person that share a header at most. */
const RUN_MS = 5 * 60 * 1000

interface RowsOptions {
  /** The first message that was unread when the conversation was opened. */
  readonly firstUnread: number | undefined
  readonly me: string
}

/**
 * The item that the line of what is new stands before. There is none while the first unread message may be among those that
 * are not loaded: the line would stand before a later one.
 */
function firstNewIn(
  { items, isWhole }: Pick<TimelineSnapshot, 'items' | 'isWhole'>,
  firstUnread: number | undefined,
): TimelineItem | undefined {
  if (firstUnread === undefined) return undefined
  const index = items.findIndex((item) => 'seq' in item && item.seq >= firstUnread)
  const item = items[index]
  if (!item || !('seq' in item)) return undefined
  const isNextLoaded = index === 0 ? isWhole : items[index - 1]?.kind !== 'hole'
  return item.seq === firstUnread || isNextLoaded ? item : undefined
}

/** The rows of a timeline: its items, with a line before each day and before what is new. */
export function rowsOf(
  { items, isWhole }: TimelineSnapshot,
  { firstUnread, me }: RowsOptions,
): readonly Row[] {
  const rows: Row[] = isWhole ? [{ kind: 'beginning', key: 'beginning' }] : []
  let day: number | undefined
  let last: { readonly sender: string; readonly at: number } | undefined
  const firstNew = firstNewIn({ items, isWhole }, firstUnread)
  for (const item of items) {
    if (item === firstNew) {
      rows.push({ kind: 'new', key: 'new' })
      last = undefined
    }
    if (item.kind === 'hole' || item.kind === 'deleted') {
      rows.push(
        item.kind === 'hole'
          ? { kind: 'hole', key: item.key, item }
          : { kind: 'deleted', key: item.key, item },
      )
      last = undefined
      continue
    }
    if (item.kind === 'outgoing') {
      rows.push({ kind: 'outgoing', key: item.key, item, isRunOn: last?.sender === me })
      last = { sender: me, at: Number.POSITIVE_INFINITY }
      continue
    }
    const { sentAt, sender, replyTo } = item.message
    const own = dayKeyOf(sentAt)
    if (own !== day) {
      rows.push({ kind: 'day', key: `day-${own}`, day: own })
      last = undefined
    }
    day = own
    const at = Date.parse(sentAt)
    const isRunOn = last?.sender === sender.id && at - last.at < RUN_MS && replyTo === null
    rows.push({ kind: 'message', key: item.key, item, isRunOn })
    last = { sender: sender.id, at }
  }
  return rows
}
