import type { ConversationHandle, Listing } from '@parlance/client'
import { useEffect, useRef } from 'preact/hooks'

/** Milliseconds for which the newest row must be seen before all is read. */
const READ_AFTER_MS = 1_000
/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 200

interface ReadMarkOptions {
  readonly place: ConversationHandle
  readonly listing: Listing
  /** Whether the newest row is in view. */
  readonly isSeen: () => boolean
}

/** Marks all as read once the newest row was in view for a second without a break, in a window that has the focus, unless it was marked as unread there. */
export function useReadMark({ place, listing, isSeen }: ReadMarkOptions): void {
  const { unread, readSeq } = listing.me
  /** Whether it was marked as unread since it was opened: it stays so until its reader comes back. */
  const isKept = useRef(false)
  const lastRead = useRef(readSeq)
  if (readSeq < lastRead.current) isKept.current = true
  lastRead.current = readSeq
  const look = useRef(isSeen)
  look.current = isSeen
  useEffect(() => {
    if (unread === 0 || isKept.current) return
    let since: number | undefined
    const timer = setInterval(() => {
      const isRead = document.hasFocus() && document.visibilityState === 'visible' && look.current()
      const now = performance.now()
      since = isRead ? (since ?? now) : undefined
      if (since !== undefined && now - since >= READ_AFTER_MS) place.markRead()
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [place, unread > 0, listing.lastSeq, isKept.current])
}
