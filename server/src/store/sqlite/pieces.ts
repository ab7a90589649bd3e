import { pause } from '../../lib/slices.ts'
import { read } from './failure.ts'

const FIRST_ROWS = 64
const FEWEST_ROWS = 8
const MOST_ROWS = 1000
/** Milliseconds that a piece should take, however large its rows are. */
const PIECE_MS = 0.5

/**
 * At most `limit` rows, read some at a time. The engine is synchronous: without pauses nothing else would run until
 * all are read. `next` reads `wanted` rows after the last one.
 */
export async function readInPieces<Row>(
  limit: number,
  next: (wanted: number, last: Row | undefined) => readonly Row[],
): Promise<Row[]> {
  const found: Row[] = []
  for (let rows = FIRST_ROWS; found.length < limit; ) {
    const turn = pause()
    if (turn) await turn
    const wanted = Math.min(rows, limit - found.length)
    const startedAt = performance.now()
    const piece = await read(() => next(wanted, found.at(-1)))
    for (const row of piece) found.push(row)
    if (piece.length < wanted) break
    const isHeavy = performance.now() - startedAt > PIECE_MS
    rows = isHeavy ? Math.max(FEWEST_ROWS, rows >> 1) : Math.min(MOST_ROWS, rows << 1)
  }
  return found
}
