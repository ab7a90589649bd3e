import type { Client, ConversationHandle, Listing, Person, TimelineSnapshot } from '@parlance/client'
import { listReaders } from '@parlance/client/operations'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useObservable } from './use-observable.ts'

/** Members of a conversation of which the server tells who has read what. */
export const MOST_READ = 100
/** Milliseconds at least between two questions: in a busy group somebody reads all the time. */
const EVERY_MS = 1_000

export interface ReadBy {
  readonly seq: number
  readonly people: readonly Person[]
}

interface ReadersOf {
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly snapshot: TimelineSnapshot
  readonly me: string
}

/** The people who have read the newest message of one's own; the message before it, until somebody has read the newest. */
export function useReaders(client: Client, { place, listing, snapshot, me }: ReadersOf): ReadBy | undefined {
  const receipts = useObservable(place.receipts)
  const [read, setRead] = useState<ReadBy>()
  const askedAt = useRef(0)
  const newest = snapshot.items.findLast((item) => item.kind === 'message' && item.message.sender.id === me)
  const seq = newest?.kind === 'message' ? newest.seq : undefined
  const isLive = useObservable(client.connection).phase === 'live'
  const isTold = isLive && listing.memberCount <= MOST_READ
  useEffect(() => {
    if (seq === undefined || !isTold) return
    const wait = Math.max(0, askedAt.current + EVERY_MS - Date.now())
    let isOver = false
    const timer = setTimeout(async () => {
      askedAt.current = Date.now()
      // A mark that cannot be had is not shown: nothing depends on it.
      const found = await client.rest
        .call(listReaders, { params: { c: place.id, seq } })
        .catch(() => undefined)
      if (!isOver && found && found.items.length > 0) setRead({ seq, people: found.items })
    }, wait)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [client, place, seq, receipts, isTold])
  return read
}
