import { useMemo, useReducer, useRef } from 'preact/hooks'
import type { Row } from './rows.ts'
import { type Hole, messageFrom, type ShownRow, stretchOf } from './stretch.ts'

/** The rows that can be scrolled through from where the reader is. */
export interface ReadStretch {
  readonly rows: readonly ShownRow[]
  /** The holes at its ends, which are filled as the reader comes near. */
  readonly above: Hole | undefined
  readonly below: Hole | undefined
  /** Whether the newest of all rows is among them. */
  readonly isNewest: boolean
  /** Whether a reader at its end goes on with what is added there: one whom it has just led to the newest rows stays. */
  readonly follows: boolean
  /** Whether it has just been joined with the newest rows, which the reader wanted to see. */
  readonly joinsNewest: boolean
  /** Shows the stretch of a row, by its key, or that of the newest rows. */
  readonly showAround: (key: string | undefined) => void
  /** Notes the row that is read, by which its stretch is found again; undefined at the end of all. */
  readonly standAt: (key: string | undefined) => void
}

export function useStretch(all: readonly Row[]): ReadStretch {
  /** The key of a message in the stretch that is shown; undefined for the newest, where the reader is at the end. */
  const here = useRef<string | undefined>(undefined)
  const [, renderAgain] = useReducer((times: number) => times + 1, 0)
  const { rows, above, below } = useMemo(() => stretchOf(all, here.current), [all, here.current])
  const isNewest = rows.at(-1) === all.at(-1)
  const wasNewest = useRef(true)
  const hasMetNewest = isNewest && !wasNewest.current
  wasNewest.current = isNewest
  return {
    ...{ rows, above, below, isNewest },
    follows: isNewest && !hasMetNewest,
    joinsNewest: hasMetNewest && here.current === undefined,
    showAround: (key) => {
      here.current = key
      renderAgain(undefined)
    },
    standAt: (key) => {
      const row = rows.find((one) => one.key === key)
      here.current = key === undefined ? undefined : (messageFrom(rows, row)?.key ?? here.current)
    },
  }
}
