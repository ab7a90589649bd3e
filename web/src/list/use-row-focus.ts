import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { pressButtonOf } from '../keys/shortcuts.ts'
import { movedBy } from '../lib/roving.ts'
import type { Row } from './rows.ts'
import { rowAt } from './stretch.ts'
import type { Reader } from './use-reader.ts'
import { OVERSCAN } from './use-virtual-list.ts'

interface RowFocus {
  /** The key of the one row that the Tab key leads to. */
  readonly key: string | undefined
  readonly onFocusIn: (event: FocusEvent) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

const takesFocus = (row: Row | undefined): boolean => row?.kind === 'message' || row?.kind === 'outgoing'

const keyOf = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>('article[data-key]')?.dataset.key : undefined

/**
 * The focus among the rows of a list: arrow keys and the pages lead from one to the next, also to one that is not in the page
 * yet, Home and End to the first and the newest message of the conversation.
 */
export function useRowFocus(reader: Reader): RowFocus {
  const { rows, list } = reader
  const [chosen, choose] = useState<string>()
  /** The end of the conversation whose row is to have the focus once it is loaded. */
  const end = useRef<'Home' | 'End' | undefined>(undefined)
  /** The key that was pressed at the first or the last row that is loaded: it leads on once there are more. */
  const step = useRef<string | undefined>(undefined)
  /** The key of the row that is to have the focus, and of the one that had it last. */
  const wanted = useRef<string | undefined>(undefined)
  const held = useRef<string | undefined>(undefined)
  const inPage = list.items.flatMap(({ index }) => {
    const row = rows[index]
    return row && takesFocus(row) ? [row.key] : []
  })
  const key = chosen !== undefined && inPage.includes(chosen) ? chosen : inPage.at(-1)

  const claimEnd = () => {
    const isHome = end.current === 'Home'
    const isThere = isHome ? reader.isFirst : end.current === 'End' && reader.isNewest
    const row = isThere ? (isHome ? rows.find(takesFocus) : rows.findLast(takesFocus)) : undefined
    if (!row) return
    end.current = undefined
    wanted.current = row.key
    choose(row.key)
  }
  useLayoutEffect(claimEnd)
  useLayoutEffect(() => {
    const { marked } = reader
    const row = marked && rowAt(rows, marked.seq)
    if (!takesFocus(row)) return
    wanted.current = row?.key
    choose(row?.key)
  }, [reader.marked])
  // The row that had the focus may leave the page, as when older ones come: it takes the focus again when it is back, and
  // until then the list itself has it, so that keys still lead on from there.
  const giveFocus = () => {
    const scroller = list.scroller.current
    const { activeElement, body } = document
    const isLost = activeElement === body || activeElement === scroller
    const target = wanted.current ?? (isLost ? held.current : undefined)
    if (!scroller || target === undefined) return
    const row = scroller.querySelector<HTMLElement>(`article[data-key="${CSS.escape(target)}"]`)
    if (row) {
      wanted.current = undefined
      row.focus({ preventScroll: true })
    } else if (isLost) scroller.focus({ preventScroll: true })
  }
  useLayoutEffect(giveFocus)

  useEffect(() => {
    const leave = ({ target }: Event) => {
      if (target instanceof Node && !list.scroller.current?.contains(target)) held.current = undefined
    }
    for (const type of ['focusin', 'pointerdown']) document.addEventListener(type, leave)
    return () => {
      for (const type of ['focusin', 'pointerdown']) document.removeEventListener(type, leave)
    }
  }, [])

  const moveTo = (index: number) => {
    const row = rows[index]
    if (!row) return
    wanted.current = row.key
    choose(row.key)
    list.toIndex(index, 'auto')
  }
  const pageRows = inPage.length - 2 * OVERSCAN - 1
  const takeStep = () => {
    const at = rows.findIndex((one) => one.key === (wanted.current ?? held.current))
    if (step.current === undefined || at < 0) return
    const next = nextRow(rows, { at, key: step.current, page: pageRows })
    if (next === undefined || next === at) return
    step.current = undefined
    moveTo(next)
  }
  useLayoutEffect(takeStep, [rows])
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event
    if (event.defaultPrevented || !(target instanceof HTMLElement)) return
    const isRow = target.matches('article')
    const from = isRow ? target.dataset.key : target === list.scroller.current ? held.current : undefined
    if (from === undefined) return
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey
    end.current = step.current = undefined
    if (isPlain && (event.key === 'Home' || event.key === 'End')) {
      end.current = event.key
      if (event.key === 'Home') reader.toFirst()
      else reader.toLatest()
      claimEnd()
      giveFocus()
      event.preventDefault()
      return
    }
    const known = rows.findIndex((one) => one.key === (wanted.current ?? from))
    const at = known < 0 ? rows.findIndex((one) => one.key === key) : known
    const next = isPlain ? nextRow(rows, { at, key: event.key, page: pageRows }) : undefined
    if (next === at && !(event.key.endsWith('Up') ? reader.isFirst : reader.isNewest))
      step.current = event.key
    if (next !== undefined) moveTo(next)
    else if (!isRow || !pressButtonOf(target, event)) return
    event.preventDefault()
  }
  const onFocusIn = ({ target }: FocusEvent) => {
    const focused = keyOf(target)
    if (focused === undefined) return
    held.current = focused
    choose(focused)
  }
  return { key, onKeyDown, onFocusIn }
}

interface Step {
  readonly at: number
  readonly key: string
  /** Rows that a page moves on, at least one. */
  readonly page: number
}

/** The row to which a key leads from another; undefined where the key is none of these. */
function nextRow(rows: readonly Row[], { at, key, page }: Step): number | undefined {
  const target = movedBy(key, at, rows.length, Math.max(1, page))
  if (target === undefined) return undefined
  const step = target < at ? -1 : 1
  for (let index = target; index >= 0 && index < rows.length; index += step)
    if (takesFocus(rows[index])) return index
  return at
}
