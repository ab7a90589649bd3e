import type { ConversationHandle, Listing, TimelineSnapshot } from '@parlance/client'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Row } from './rows.ts'
import { messageFrom } from './stretch.ts'
import type { Jumps } from './use-jumps.ts'
import { PAGE } from './use-pages.ts'
import type { ReadStretch } from './use-stretch.ts'
import type { Place, VirtualList } from './use-virtual-list.ts'

interface OpeningOptions {
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly snapshot: TimelineSnapshot
  readonly all: readonly Row[]
  readonly stretch: ReadStretch
  readonly list: VirtualList
  readonly jumps: Jumps
  /** The message that the address names. */
  readonly target: number | undefined
  /** Where the reader left the conversation before. */
  readonly left: Place | undefined
  readonly firstUnread: number | undefined
}

/**
 * Begins at the message that the address names, else where the reader left the conversation, else at the first unread message,
 * else at the end. Answers whether that is done.
 */
export function useOpening(options: OpeningOptions): () => boolean {
  const { snapshot, all, stretch, list, jumps, target, left } = options
  const isPlaced = useRef(false)
  const isSought = useFirstUnread(options)
  useLayoutEffect(() => {
    if (isPlaced.current || snapshot.items.length === 0) return
    if (target !== undefined) {
      isPlaced.current = true
      jumps.toMessage(target, 'latest')
      return
    }
    const row = all.find(({ key, kind }) => (left ? key === left.key : kind === 'new'))
    const index = stretch.rows.findIndex(({ key }) => key === row?.key)
    const elsewhere = index < 0 ? messageFrom(all, row) : undefined
    if (elsewhere) {
      stretch.showAround(elsewhere.key)
      return
    }
    if (left && index >= 0) list.toPlace(left)
    else if (index >= 0) list.toIndex(index, 'start')
    else if (isSought) return
    else list.toEnd()
    isPlaced.current = true
    // Newest messages that come only now are another stretch.
    if (index >= 0) stretch.standAt(row?.key)
  })
  return () => isPlaced.current
}

/** Fetches a first unread message that the newest page is without, with those around it. Whether it is still to come. */
function useFirstUnread({ place, listing, firstUnread }: OpeningOptions): boolean {
  const [isSought, setSought] = useState(firstUnread !== undefined && listing.lastSeq - firstUnread >= PAGE)
  useEffect(() => {
    if (!isSought || firstUnread === undefined) return
    // Where it cannot be had, the list begins at its end, and the line of what is new comes with older pages.
    place.timeline
      .loadAround(firstUnread)
      .catch(() => undefined)
      .finally(() => setSought(false))
  }, [place])
  return isSought
}
