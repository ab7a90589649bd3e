import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core'
import { createRef, type RefObject } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import { useFollowing } from './use-following.ts'
import { useKeptEnd } from './use-kept-end.ts'

/** Pixels from the end within which the reader is at the end, and is kept there when a row is added. */
const END_THRESHOLD = 48
/** Rows that are in the page above the view, and below it. */
export const OVERSCAN = 8
/** Pixels before the first row and after the last one. */
const EDGE = 8

/** Events by which somebody moves the list. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/** Where a reader left a list: a row, and how far its top was above the top of the view. */
export interface Place {
  readonly key: string
  readonly offset: number
}

export interface VirtualList {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly items: readonly VirtualItem[]
  readonly height: number
  readonly measure: (element: Element | null) => void
  readonly isAtEnd: () => boolean
  /**
   * Whether the view begins at that row or before it. It asks the element: the virtualizer learns of a scroll by an event,
   * which comes late on a busy machine, and believes until then that a new list stands at its start.
   */
  readonly beginsBy: (index: number) => boolean
  /** Likewise, whether the view ends at that row or behind it. */
  readonly endsBy: (index: number) => boolean
  readonly toEnd: () => void
  readonly toIndex: (index: number, align: 'start' | 'center' | 'auto') => void
  /** Whether a row is known to be higher than the view. */
  readonly isTall: (index: number) => boolean
  readonly place: () => Place | undefined
  /** Shows a row at the place where it was left, and keeps it there while rows above it are measured. */
  readonly toPlace: (place: Place) => void
}

interface VirtualListOptions {
  readonly count: number
  readonly keyOf: (index: number) => string
  readonly estimate: (index: number) => number
  /** Whether a reader who is at the end is kept there when rows are added behind it. */
  readonly follows: boolean
}

/** A list of which only the rows in view exist. The row that is looked at stays where it is when others come before it. */
export function useVirtualList(options: VirtualListOptions): VirtualList {
  const [, renderAgain] = useReducer((times: number) => times + 1, 0)
  const scroller = useRef(createRef<HTMLDivElement>()).current
  const sought = useRef<Place | undefined>(undefined)
  const made = useRef<Virtualizer<HTMLDivElement, Element> | undefined>(undefined)
  const given = {
    count: options.count,
    getScrollElement: () => scroller.current,
    estimateSize: options.estimate,
    getItemKey: options.keyOf,
    anchorTo: 'end',
    followOnAppend: options.follows,
    scrollEndThreshold: END_THRESHOLD,
    overscan: OVERSCAN,
    paddingStart: EDGE,
    paddingEnd: EDGE,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => renderAgain(undefined),
  } as const
  made.current ??= new Virtualizer<HTMLDivElement, Element>(given)
  const virtualizer = made.current
  virtualizer.setOptions(given)
  useLayoutEffect(() => virtualizer._didMount(), [])
  useLayoutEffect(() => virtualizer._willUpdate())
  const settle = () => {
    const place = sought.current
    const element = scroller.current
    if (!place || !element) return
    const index = Array.from({ length: options.count }, (_, at) => options.keyOf(at)).indexOf(place.key)
    const [start] = (index >= 0 && virtualizer.getOffsetForIndex(index, 'start')) || []
    if (start !== undefined && Math.abs(start + place.offset - element.scrollTop) > 0.5)
      virtualizer.scrollToOffset(start + place.offset)
  }
  useLayoutEffect(settle)
  const following = useFollowing({
    scroller,
    threshold: END_THRESHOLD,
    isOn: options.follows && options.count > 0,
    toEnd: () => virtualizer.scrollToEnd(),
  })
  useKeptEnd({ scroller, threshold: END_THRESHOLD, toEnd: () => virtualizer.scrollToEnd() })
  // A reader who moves the list decides where it stands.
  useEffect(() => {
    const element = scroller.current
    const release = () => {
      sought.current = undefined
    }
    for (const type of MOVES) element?.addEventListener(type, release, { passive: true })
    return () => {
      for (const type of MOVES) element?.removeEventListener(type, release)
    }
  }, [])
  return {
    scroller,
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    isAtEnd: () => following.stands() || virtualizer.isAtEnd(END_THRESHOLD),
    beginsBy: (index) => {
      const element = scroller.current
      const [start] = virtualizer.getOffsetForIndex(Math.min(index, options.count - 1), 'start') ?? []
      return element !== null && element.clientHeight > 0 && start !== undefined && element.scrollTop <= start
    },
    endsBy: (index) => {
      const element = scroller.current
      const [start] = virtualizer.getOffsetForIndex(Math.max(index, 0), 'start') ?? []
      return (
        element !== null &&
        element.clientHeight > 0 &&
        start !== undefined &&
        element.scrollTop + element.clientHeight >= start
      )
    },
    toEnd: () => {
      sought.current = undefined
      virtualizer.scrollToEnd()
    },
    toIndex: (index, align) => {
      sought.current = undefined
      following.leave()
      virtualizer.scrollToIndex(index, { align })
    },
    isTall: (index) =>
      (virtualizer.measurementsCache[index]?.size ?? 0) > (scroller.current?.clientHeight ?? 0),
    place: () => {
      // The virtualizer hears of a scroll after whoever asks at that event.
      const top = scroller.current?.scrollTop ?? 0
      const item = virtualizer.getVirtualItemForOffset(top)
      return item && { key: String(item.key), offset: top - item.start }
    },
    toPlace: (place) => {
      sought.current = place
      following.leave()
      settle()
    },
  }
}
