import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isField, pressButtonOf } from '../keys/shortcuts.ts'
import { movedBy } from '../lib/roving.ts'
import type { Row } from './rows.ts'
import type { VirtualList } from './use-virtual-list.ts'

interface RowFocus {
  /** The key of the one row that the Tab key leads to. */
  readonly key: string | undefined
  readonly onFocusIn: (event: FocusEvent) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

const takesFocus = (row: Row | undefined): boolean => row?.kind === 'message' || row?.kind === 'outgoing'

const keyOf = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>('article[data-key]')?.dataset.key : undefined

/** The focus among the rows of a list: arrow keys, Home, End and the pages lead from one to the next, also to one that is not in the page yet. */
export function useRowFocus(rows: readonly Row[], list: VirtualList): RowFocus {
  const [chosen, choose] = useState<string>()
  const wanted = useRef<string | undefined>(undefined)
  const inPage = list.items.flatMap(({ index }) => {
    const row = rows[index]
    return row && takesFocus(row) ? [row.key] : []
  })
  const key = chosen !== undefined && inPage.includes(chosen) ? chosen : inPage.at(-1)

  useLayoutEffect(() => {
    if (wanted.current === undefined || !inPage.includes(wanted.current)) return
    const row = list.scroller.current?.querySelector<HTMLElement>(
      `article[data-key="${CSS.escape(wanted.current)}"]`,
    )
    wanted.current = undefined
    row?.focus({ preventScroll: true })
  })

  const moveTo = (index: number) => {
    const row = rows[index]
    if (!row) return
    wanted.current = row.key
    choose(row.key)
    list.toIndex(index, 'auto')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = event.target
    if (event.defaultPrevented || !(row instanceof HTMLElement) || isField(row) || !row.matches('article'))
      return
    const at = rows.findIndex((one) => one.key === row.dataset.key)
    const target =
      event.altKey || event.ctrlKey || event.metaKey ? undefined : nextRow(rows, at, event.key, inPage.length)
    if (target !== undefined) moveTo(target)
    else if (!pressButtonOf(row, event)) return
    event.preventDefault()
  }
  return { key, onKeyDown, onFocusIn: (event) => choose(keyOf(event.target)) }
}

/** The row to which a key leads from another; undefined where the key is none of these. */
function nextRow(rows: readonly Row[], from: number, key: string, inPage: number): number | undefined {
  const target = movedBy(key, from, rows.length, Math.max(1, Math.floor(inPage / 2)))
  if (target === undefined) return undefined
  const step = target < from || key === 'End' ? -1 : 1
  for (let at = target; at >= 0 && at < rows.length; at += step) if (takesFocus(rows[at])) return at
  return from
}
