import type { Row } from './rows.ts'

/** A row that is shown. */
export type ShownRow = Exclude<Row, { kind: 'hole' }>
export type Hole = Extract<Row, { kind: 'hole' }>

/** Rows without a hole among them. */
interface Stretch {
  readonly rows: readonly ShownRow[]
  /** The hole that comes before them, and the one that follows; undefined at the ends of what is loaded. */
  readonly above: Hole | undefined
  readonly below: Hole | undefined
}

/**
 * The rows around that one up to the next hole on either side; without such a row those of the newest messages. Nobody can
 * scroll past a hole before it is filled, and so miss what is in it.
 */
export function stretchOf(all: readonly Row[], key: string | undefined): Stretch {
  const found = all.findIndex((row) => row.key === key)
  // Newest messages that are not loaded yet are a hole at the end.
  const at = found < 0 ? all.findLastIndex(isShown) : found
  const begin = at < 0 ? all.length - 1 : at
  let [from, to] = [begin, begin]
  while (isShown(all[from])) from--
  while (isShown(all[to])) to++
  const [above, below] = [all[from], all[to]]
  return {
    rows: all.slice(from + 1, to).filter(isShown),
    above: above?.kind === 'hole' ? above : undefined,
    below: below?.kind === 'hole' && to !== from ? below : undefined,
  }
}

const isShown = (row: Row | undefined): row is ShownRow => row !== undefined && row.kind !== 'hole'

/** The row of a message at that place in the log, deleted or not. */
export const rowAt = (rows: readonly Row[], seq: number): ShownRow | undefined =>
  rows.find((row): row is ShownRow => 'item' in row && 'seq' in row.item && row.item.seq === seq)

/** The first row of a message that begins at that row or follows it: other rows come and go. */
export const messageFrom = (rows: readonly Row[], row: Row | undefined): Row | undefined =>
  row && rows.slice(rows.indexOf(row)).find(({ kind }) => kind === 'message' || kind === 'deleted')
