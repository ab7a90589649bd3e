import type { Client, ConversationHandle, TimelineSnapshot } from '@parlance/client'
import { useEffect, useReducer, useRef } from 'preact/hooks'
import { useObservable } from '../lib/use-observable.ts'
import type { ReadStretch } from './use-stretch.ts'
import type { VirtualList } from './use-virtual-list.ts'

/** Messages of a page. */
export const PAGE = 50
/** Rows from the top at which older messages are asked for, and from the end at which those that follow are. */
const NEAR_EDGE = 12
/** Milliseconds until a page that could not be had is asked for again. */
const RETRY_MS = 2_000

interface PagesOptions {
  readonly client: Client
  readonly place: ConversationHandle
  readonly snapshot: TimelineSnapshot
  readonly stretch: ReadStretch
  readonly list: VirtualList
  /** Whether the list stands where it is to begin: until then it may be at its top, which nobody looks at. */
  readonly isPlaced: () => boolean
}

/**
 * Loads older and newer messages as the reader comes near them. Nothing is asked for without a connection; what could not be
 * had is asked for again, also of a reader who stands still.
 */
export function usePages({ client, place, snapshot, stretch, list, isPlaced }: PagesOptions): void {
  const { phase } = useObservable(client.connection)
  const [, renderAgain] = useReducer((times: number) => times + 1, 0)
  const isBusy = useRef(false)
  const { rows, above, below } = stretch
  useEffect(() => {
    if (phase !== 'live' || !isPlaced() || isBusy.current) return
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
    isBusy.current = true
    load().then(
      () => {
        isBusy.current = false
      },
      () =>
        setTimeout(() => {
          isBusy.current = false
          renderAgain(undefined)
        }, RETRY_MS),
    )
  })
}

/** Loads the page before the first message that is loaded, however far that is from the newest one. */
function loadBefore({ timeline }: ConversationHandle, { items }: TimelineSnapshot): Promise<void> {
  const first = items.find((item) => 'seq' in item)
  return first && 'seq' in first ? timeline.load({ before: first.seq, limit: PAGE }) : timeline.loadNewest()
}
