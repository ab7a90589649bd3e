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
  /**
   * The messages that begin a stretch, by their keys: nobody knows yet what came before. Those that are found are added. They
   * have a header from then on, whatever comes before them later, so that nothing that is read moves.
   */
  readonly begun?: Set<string>
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

/**
 * The rows of a timeline: its items, with a line before each day and before what is new. Where the message before is not loaded
 * there is no line of a day: it would go again when that comes.
 */
export function rowsOf(
  { items, isWhole }: TimelineSnapshot,
  { firstUnread, me, begun = new Set() }: RowsOptions,
): readonly Row[] {
  const rows: Row[] = isWhole ? [{ kind: 'beginning', key: 'beginning' }] : []
  let day: number | 'unknown' | undefined = isWhole ? undefined : 'unknown'
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
      if (item.kind === 'hole') day = 'unknown'
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
    if (day === 'unknown') begun.add(item.key)
    else if (own !== day) {
      rows.push({ kind: 'day', key: `day-${own}`, day: own })
      last = undefined
    }
    day = own
    const at = Date.parse(sentAt)
    const isNear = last?.sender === sender.id && at - last.at < RUN_MS
    const isRunOn = isNear && replyTo === null && !begun.has(item.key)
    rows.push({ kind: 'message', key: item.key, item, isRunOn })
    last = { sender: sender.id, at }
  }
  return rows
}

/** The day of a row: its own, or that of the first message that follows it. */
export function dayAt(rows: readonly Row[], key: string | undefined): number | undefined {
  const from = rows.findIndex((row) => row.key === key)
  if (from < 0) return undefined
  const row = rows.slice(from).find(({ kind }) => kind === 'day' || kind === 'message')
  if (row?.kind === 'day') return row.day
  return row?.kind === 'message' ? dayKeyOf(row.item.message.sentAt) : undefined
}
