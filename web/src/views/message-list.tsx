import type { Client, ConversationHandle, Listing, TimelineItem, TimelineSnapshot } from '@parlance/client'
import type { Ref } from 'preact'
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'preact/hooks'
import { titleOf } from '../lib/names.ts'
import { dayNameOf } from '../lib/time.ts'
import { useObservable } from '../lib/use-observable.ts'
import { useReaders } from '../lib/use-readers.ts'
import { type Row, rowsOf } from '../list/rows.ts'
import { messageFrom, rowAt, type ShownRow, stretchOf } from '../list/stretch.ts'
import { useReadMark } from '../list/use-read-mark.ts'
import { useRowFocus } from '../list/use-row-focus.ts'
import { type Place, useVirtualList } from '../list/use-virtual-list.ts'
import { count, t } from '../text/index.ts'
import { DownIcon } from './icons.tsx'
import { MessageRow, OutgoingRow, type RowContext } from './message-row.tsx'

type Said = Extract<TimelineItem, { kind: 'message' }>

/** The list as others may use it. */
export interface ListControls {
  /** Shows a message, which may have to be loaded. */
  jump(seq: number): void
  toLatest(): void
}

interface MessageListProps {
  readonly controls: Ref<ListControls>
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

/** Rows from the top at which older messages are asked for, and from the end at which those that follow are. */
const NEAR_EDGE = 12
const PAGE = 50

/** Where the reader left each conversation that was open in this page. */
const left = new Map<string, Place>()

const ESTIMATES: Readonly<Record<ShownRow['kind'], number>> = {
  beginning: 96,
  day: 40,
  new: 32,
  deleted: 30,
  message: 64,
  outgoing: 64,
}

/** The messages of a conversation. It opens where the reader left it, else at the first unread message, else at the end. */
export function MessageList({
  client,
  place,
  listing,
  me,
  myName,
  target,
  controls,
  onReply,
  onEdit,
}: MessageListProps) {
  const snapshot = useObservable(place.timeline)
  const firstUnread = useRef(listing.me.unread > 0 ? listing.me.readSeq + 1 : undefined).current
  const all = useMemo(() => rowsOf(snapshot, { firstUnread, me }), [snapshot, me])
  /** The key of a message in the stretch that is shown; undefined for the newest, where the reader is at the end. */
  const here = useRef<string | undefined>(undefined)
  const [, renderAgain] = useReducer((times: number) => times + 1, 0)
  const showAround = (key: string | undefined) => {
    here.current = key
    renderAgain(undefined)
  }
  const { rows, above, below } = useMemo(() => stretchOf(all, here.current), [all, here.current])
  const isNewest = rows.at(-1) === all.at(-1)
  const wasNewest = useRef(true)
  const wantsEnd = useRef(false)
  const list = useVirtualList({
    count: rows.length,
    keyOf: (index) => rows[index]?.key ?? '',
    estimate: (index) => ESTIMATES[rows[index]?.kind ?? 'message'],
    // A stretch that has just met the newest messages stays where the reader is.
    follows: isNewest && wasNewest.current,
  })
  if (isNewest && !wasNewest.current && here.current === undefined) wantsEnd.current = true
  wasNewest.current = isNewest
  const wanted = useRef<number | undefined>(undefined)
  const isPlaced = useRef(false)
  const isAway = isPlaced.current && !(isNewest && list.isAtEnd())

  const jump = (seq: number) => {
    const row = rowAt(all, seq)
    const index = row ? rows.indexOf(row) : -1
    if (index >= 0) {
      list.toIndex(index, 'center')
      highlight(list.scroller.current, seq)
      return
    }
    wanted.current = seq
    if (row) showAround(row.key)
    else
      place.timeline.loadAround(seq).catch(() => {
        wanted.current = undefined
      })
  }
  const toLatest = () => {
    wantsEnd.current = true
    showAround(undefined)
  }

  useImperativeHandle(controls, () => ({ jump, toLatest }))

  // A first unread message that the newest page is without is fetched with those around it.
  const [isSought, setSought] = useState(firstUnread !== undefined && listing.lastSeq - firstUnread >= PAGE)
  useEffect(() => {
    if (!isSought || firstUnread === undefined) return
    place.timeline
      .loadAround(firstUnread)
      .catch(() => undefined)
      .finally(() => setSought(false))
  }, [place])

  useLayoutEffect(() => {
    if (isPlaced.current || snapshot.items.length === 0) return
    if (target !== undefined) {
      isPlaced.current = true
      jump(target)
      return
    }
    const kept = left.get(place.id)
    const row = all.find(({ key, kind }) => (kept ? key === kept.key : kind === 'new'))
    const index = rows.findIndex(({ key }) => key === row?.key)
    const elsewhere = index < 0 ? messageFrom(all, row) : undefined
    if (elsewhere) {
      showAround(elsewhere.key)
      return
    }
    if (kept && index >= 0) list.toPlace(kept)
    else if (index >= 0) list.toIndex(index, 'start')
    else if (isSought) return
    else list.toEnd()
    isPlaced.current = true
  })

  useLayoutEffect(() => {
    if (wantsEnd.current && isNewest) {
      wantsEnd.current = false
      list.toEnd()
    }
    const seq = wanted.current
    const row = seq === undefined ? undefined : rowAt(all, seq)
    if (seq === undefined || !row) return
    if (!rows.includes(row)) {
      showAround(row.key)
      return
    }
    wanted.current = undefined
    list.toIndex(rows.indexOf(row), 'center')
    requestAnimationFrame(() => highlight(list.scroller.current, seq))
  })

  const isLoading = useRef(false)
  useEffect(() => {
    if (!isPlaced.current || isLoading.current) return
    const isNearStart = rows.length === 0 || list.beginsBy(NEAR_EDGE)
    const isNearEnd = rows.length > 0 && list.endsBy(rows.length - 1 - NEAR_EDGE)
    const load =
      isNearEnd && below
        ? () => below.item.fill('older')
        : isNearStart && above
          ? () => above.item.fill('newer')
          : isNearStart && !snapshot.isWhole
            ? () => loadBefore(place, snapshot)
            : undefined
    if (!load) return
    isLoading.current = true
    load()
      .catch(() => undefined)
      .finally(() => {
        isLoading.current = false
      })
  })

  const onScroll = () => {
    const top = list.place()
    if (!top) return
    const isAtNewest = isNewest && list.isAtEnd()
    if (isAtNewest) left.delete(place.id)
    else left.set(place.id, top)
    const row = rows.find(({ key }) => key === top.key)
    here.current = isAtNewest ? undefined : (messageFrom(rows, row)?.key ?? here.current)
  }

  useReadMark({
    place,
    listing,
    isSeen: () => isPlaced.current && isNewest && list.isAtEnd(),
  })

  const find = (seq: number): Said | undefined => {
    const row = rowAt(all, seq)
    return row?.kind === 'message' ? row.item : undefined
  }
  const focus = useRowFocus(rows, list)
  const readBy = useReaders(client, { place, listing, snapshot, me })
  const context: RowContext = {
    client,
    place,
    listing,
    me,
    myName,
    readBy,
    focusable: focus.key,
    find,
    jump,
    onReply,
    onEdit,
  }
  const day = dayAt(all, list.place()?.key)
  return (
    <div class="list-frame">
      {day !== undefined && isAway && (
        <p class="floating-day" aria-hidden="true">
          {dayName(day)}
        </p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its rows take the focus, and hand their keys on */}
      <div
        class="messages"
        ref={list.scroller}
        onScroll={onScroll}
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
                    <RowView row={row} context={context} />
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
      {isAway && (
        <button type="button" class="to-latest" onClick={toLatest}>
          <DownIcon />
          {listing.me.unread > 0
            ? count(listing.me.unread, {
                one: 'conversation.latestNew.one',
                other: 'conversation.latestNew.other',
              })
            : t('conversation.latest')}
        </button>
      )}
    </div>
  )
}

/** Loads the page before the first message that is loaded, however far that is from the newest one. */
function loadBefore({ timeline }: ConversationHandle, { items }: TimelineSnapshot): Promise<void> {
  const first = items.find((item) => 'seq' in item)
  return first && 'seq' in first ? timeline.load({ before: first.seq, limit: PAGE }) : timeline.loadNewest()
}

const dayName = (day: number): string =>
  dayNameOf(day, { today: t('day.today'), yesterday: t('day.yesterday') })

/** The day of the row at the top of the view: that of the last day line before it. */
function dayAt(rows: readonly Row[], key: string | undefined): number | undefined {
  const index = rows.findIndex((row) => row.key === key)
  for (let at = index; at >= 0; at--) {
    const row = rows[at]
    if (row?.kind === 'day') return row.day
  }
  return undefined
}

function RowView({ row, context }: { row: ShownRow; context: RowContext }) {
  switch (row.kind) {
    case 'message':
      return <MessageRow item={row.item} isRunOn={row.isRunOn} context={context} />
    case 'outgoing':
      return <OutgoingRow item={row.item} isRunOn={row.isRunOn} context={context} />
    case 'deleted':
      return <p class="deleted">{t('message.deleted')}</p>
    case 'day':
      return (
        <h2 class="day">
          <span>{dayName(row.day)}</span>
        </h2>
      )
    case 'new':
      return (
        <p class="new-line">
          <span>{t('conversation.new')}</span>
        </p>
      )
    case 'beginning': {
      const { listing } = context
      const name = titleOf(listing)
      return (
        <p class="beginning" dir="auto">
          {listing.firstSeq > 1
            ? t('conversation.beginningPurged')
            : t(listing.kind === 'private' ? 'conversation.beginningPrivate' : 'conversation.beginning', {
                name,
              })}
        </p>
      )
    }
  }
}

function highlight(scroller: HTMLElement | null, seq: number): void {
  const row = scroller?.querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  row?.classList.add('found')
  row?.focus({ preventScroll: true })
  setTimeout(() => row?.classList.remove('found'), 2_000)
}
