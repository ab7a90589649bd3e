import { guarded } from '../lib/guard.ts'
import { runNextTurn } from '../lib/timers.ts'

interface Flushable {
  flush(): void
  /** Closes its connection without a word. */
  destroy(): void
}

let dirty: Flushable[] = []

/** Flushes once, at the end of this turn of the event loop. The caller sees to it that it asks once a turn. */
export function flushAtEndOfTurn(what: Flushable): void {
  if (dirty.length === 0) runNextTurn(flushAll)
  dirty.push(what)
}

function flushAll(): void {
  const flushing = dirty
  dirty = []
  for (const what of flushing) flush(what)
}

/** One whose flush fails keeps nobody behind it. */
const flush = guarded(
  'timer',
  (what: Flushable) => what.flush(),
  (what) => what.destroy(),
)
