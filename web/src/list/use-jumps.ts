import type { ConversationHandle, Listing } from '@parlance/client'
import { ParlanceError } from '@parlance/client'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { attempt } from '../state/notice.ts'
import type { Row } from './rows.ts'
import { messageFrom, rowAt } from './stretch.ts'
import { PAGE } from './use-pages.ts'
import type { ReadStretch } from './use-stretch.ts'
import type { VirtualList } from './use-virtual-list.ts'

/** Ways to a place of the list, also to one that is not loaded. Where it cannot be had, that is told and the reader stays. */
export interface Jumps {
  /** Shows a message in the middle of the view, and marks it for a moment. */
  readonly toMessage: (seq: number, otherwise?: 'latest') => void
  readonly toFirst: () => void
  readonly toLatest: () => void
  /** The message that is marked. */
  readonly marked: Mark | undefined
}

/** A message that somebody was led to: the same one once more is another mark. */
interface Mark {
  readonly seq: number
}

/** Milliseconds for which a message is marked. */
const MARKED_MS = 2_000

interface JumpsOptions {
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly all: readonly Row[]
  readonly stretch: ReadStretch
  readonly list: VirtualList
}

export function useJumps({ place, listing, all, stretch, list }: JumpsOptions): Jumps {
  const { rows, isNewest, joinsNewest, showAround } = stretch
  /** Where the reader wants to be, until it is there: a message, or an end of the conversation. */
  const wanted = useRef<number | 'first' | 'latest' | undefined>(undefined)
  const [marked, mark] = useState<Mark>()
  useEffect(() => {
    if (!marked) return
    const timer = setTimeout(() => mark(undefined), MARKED_MS)
    return () => clearTimeout(timer)
  }, [marked])
  if (joinsNewest) wanted.current ??= 'latest'

  /** Whether what is wanted is loaded: the list then leads there, at once or when its stretch is shown. */
  const arrive = (): boolean => {
    const target = wanted.current
    if (target === undefined) return false
    if (target === 'latest') {
      if (isNewest) list.toEnd()
      if (isNewest) wanted.current = undefined
      return true
    }
    const row = target === 'first' ? all.find(({ kind }) => kind === 'beginning') : rowAt(all, target)
    if (!row) return false
    const index = rows.findIndex(({ key }) => key === row.key)
    if (index < 0) {
      showAround(messageFrom(all, row)?.key)
      return true
    }
    wanted.current = undefined
    list.toIndex(index, target === 'first' ? 'start' : 'center')
    if (target !== 'first') mark({ seq: target })
    return true
  }
  useLayoutEffect(() => void arrive())
  /** The last mark that was shown from its beginning: the middle of a message that is higher than the view says nothing. */
  const shownWhole = useRef<Mark | undefined>(undefined)
  useLayoutEffect(() => {
    if (!marked || shownWhole.current === marked) return
    const index = rows.findIndex((row) => 'item' in row && 'seq' in row.item && row.item.seq === marked.seq)
    if (!list.isTall(index)) return
    shownWhole.current = marked
    list.toIndex(index, 'start')
  })

  const seek = (target: number | 'first', load: () => Promise<void>, otherwise?: 'latest') => {
    wanted.current = target
    if (arrive()) return
    attempt(async () => {
      try {
        await load()
        const { items, isWhole } = place.timeline.get()
        const isThere =
          target === 'first' ? isWhole : items.some((item) => 'seq' in item && item.seq === target)
        if (!isThere) throw new ParlanceError('not_found')
      } catch (error) {
        if (wanted.current === target) wanted.current = otherwise
        if (otherwise) showAround(undefined)
        throw error
      }
    })
  }
  return {
    marked,
    toMessage: (seq, otherwise) => seek(seq, () => place.timeline.loadAround(seq), otherwise),
    toFirst: () => seek('first', () => place.timeline.load({ after: listing.firstSeq - 1, limit: PAGE })),
    toLatest: () => {
      wanted.current = 'latest'
      showAround(undefined)
    },
  }
}
