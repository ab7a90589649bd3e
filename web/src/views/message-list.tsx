import type { Client, ConversationHandle, Listing, TimelineItem } from '@parlance/client'
import type { Ref } from 'preact'
import { useImperativeHandle } from 'preact/hooks'
import { useReaders } from '../lib/use-readers.ts'
import { dayAt } from '../list/rows.ts'
import { rowAt } from '../list/stretch.ts'
import type { Jumps } from '../list/use-jumps.ts'
import { type Reader, useReader } from '../list/use-reader.ts'
import { useRowFocus } from '../list/use-row-focus.ts'
import { count, t } from '../text/index.ts'
import { DownIcon } from './icons.tsx'
import { dayName, ListRow } from './list-row.tsx'
import type { RowContext } from './message/row-context.ts'

type Said = Extract<TimelineItem, { kind: 'message' }>

interface MessageListProps {
  /** The list as others may use it. */
  readonly controls: Ref<Jumps>
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly myName: string
  /** The message that it is to open at. */
  readonly target: number | undefined
  readonly onReply: (item: Said) => void
  readonly onEdit: (item: Said) => void
}

/** The messages of a conversation. */
export function MessageList(props: MessageListProps) {
  const { client, place, listing, me, myName, target, controls, onReply, onEdit } = props
  const reader = useReader({ client, place, listing, me, target })
  const { snapshot, all, rows, list } = reader
  useImperativeHandle(controls, () => reader)
  const focus = useRowFocus(reader)
  const context: RowContext = {
    ...{ client, place, listing, me, myName, onReply, onEdit },
    readBy: useReaders(client, { place, listing, snapshot, me }),
    focusable: focus.key,
    marked: reader.marked?.seq,
    find: (seq) => {
      const row = rowAt(all, seq)
      return row?.kind === 'message' ? row.item : undefined
    },
    jump: reader.toMessage,
  }
  return (
    <div class="list-frame">
      {reader.isAway && <FloatingDay reader={reader} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its rows take the focus, and hand their keys on */}
      <div
        class="messages"
        ref={list.scroller}
        onScroll={reader.onScroll}
        onFocusIn={focus.onFocusIn}
        onKeyDown={focus.onKeyDown}
        tabIndex={-1}
      >
        <div class="messages-space" style={{ height: `${list.height}px` }}>
          <div class="messages-rows" style={{ transform: `translateY(${list.items[0]?.start ?? 0}px)` }}>
            {list.items.map(({ index, key }) => {
              const row = rows[index]
              return (
                row && (
                  <div key={key} data-index={index} ref={list.measure}>
                    <ListRow row={row} context={context} />
                  </div>
                )
              )
            })}
          </div>
        </div>
      </div>
      {snapshot.items.length === 0 && snapshot.isWhole && (
        <p class="nothing-said">{t('conversation.empty')}</p>
      )}
      {reader.isAway && <ToLatest reader={reader} unread={listing.me.unread} />}
    </div>
  )
}

const LINES: ReadonlySet<string> = new Set(['beginning', 'day', 'new'])

/** The day of the message at the top of the view. A line that stands there itself is not covered. */
function FloatingDay({ reader: { rows, list } }: { reader: Reader }) {
  const key = list.place()?.key
  const isLine = rows.some((row) => row.key === key && LINES.has(row.kind))
  const day = isLine ? undefined : dayAt(rows, key)
  if (day === undefined) return null
  return (
    <p class="floating-day" aria-hidden="true">
      {dayName(day)}
    </p>
  )
}

const ToLatest = ({ reader, unread }: { reader: Reader; unread: number }) => (
  <button type="button" class="to-latest" onClick={reader.toLatest}>
    <DownIcon />
    {unread > 0
      ? count(unread, { one: 'conversation.latestNew.one', other: 'conversation.latestNew.other' })
      : t('conversation.latest')}
  </button>
)
