import type { Client, ConversationHandle, Listing, TimelineSnapshot } from '@parlance/client'
import { useMemo, useRef } from 'preact/hooks'
import { useObservable } from '../lib/use-observable.ts'
import { type Row, rowsOf } from './rows.ts'
import type { ShownRow } from './stretch.ts'
import { type Jumps, useJumps } from './use-jumps.ts'
import { useOpening } from './use-opening.ts'
import { usePages } from './use-pages.ts'
import { useReadMark } from './use-read-mark.ts'
import { useStretch } from './use-stretch.ts'
import { type Place, useVirtualList, type VirtualList } from './use-virtual-list.ts'

/** Where the reader of a conversation is, and the rows around that place. */
export interface Reader extends Jumps {
  readonly snapshot: TimelineSnapshot
  /** All rows that are loaded, and those of them that can be scrolled through from here. */
  readonly all: readonly Row[]
  readonly rows: readonly ShownRow[]
  readonly list: VirtualList
  /** Whether the first message of the conversation is among these rows, and the newest. */
  readonly isFirst: boolean
  readonly isNewest: boolean
  /** Whether the newest message is out of view. */
  readonly isAway: boolean
  readonly onScroll: () => void
}

interface ReaderOptions {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly target: number | undefined
}

/** Where the reader left each conversation that was open in this page. */
const left = new Map<string, Place>()

/** Pixels of a row that is yet to be measured. */
const ESTIMATES: Readonly<Record<ShownRow['kind'], number>> = {
  beginning: 96,
  day: 40,
  new: 32,
  deleted: 30,
  message: 64,
  outgoing: 64,
}

/** Follows the reader of one conversation: it opens, loads, and is read as the reader goes. */
export function useReader({ client, place, listing, me, target }: ReaderOptions): Reader {
  const snapshot = useObservable(place.timeline)
  const firstUnread = useRef(listing.me.unread > 0 ? listing.me.readSeq + 1 : undefined).current
  const begun = useRef(new Set<string>()).current
  const all = useMemo(() => rowsOf(snapshot, { firstUnread, me, begun }), [snapshot, me])
  const stretch = useStretch(all)
  const { rows, isNewest } = stretch
  const list = useVirtualList({
    count: rows.length,
    keyOf: (index) => rows[index]?.key ?? '',
    estimate: (index) => ESTIMATES[rows[index]?.kind ?? 'message'],
    follows: stretch.follows,
  })
  const parts = { client, place, listing, snapshot, all, stretch, list }
  const jumps = useJumps(parts)
  const isPlaced = useOpening({ ...parts, jumps, target, firstUnread, left: left.get(place.id) })
  usePages({ ...parts, isPlaced })
  const isAtNewest = () => isNewest && list.isAtEnd()
  useReadMark({ place, listing, isSeen: () => isPlaced() && isAtNewest() })
  return {
    ...jumps,
    ...{ snapshot, all, rows, list, isNewest },
    isFirst: rows[0]?.kind === 'beginning',
    isAway: isPlaced() && !isAtNewest(),
    onScroll: () => {
      const top = list.place()
      // Until it stands where it is to begin, the list moves by itself.
      if (!top || !isPlaced()) return
      if (isAtNewest()) left.delete(place.id)
      else left.set(place.id, top)
      stretch.standAt(isAtNewest() ? undefined : top.key)
    },
  }
}
