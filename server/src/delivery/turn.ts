import { guarded, report } from '../lib/guard.ts'
import { runNextTurn } from '../lib/timers.ts'

interface Flushable {
  flush(): void
  /** Closes its connection at once, without a close frame. */
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

/** A sink whose `flush` throws must not keep the sinks behind it waiting. Not `guarded`, whose call costs more. */
function flush(what: Flushable): void {
  try {
    what.flush()
  } catch (error) {
    report('timer', error)
    destroy(what)
  }
}

const destroy = guarded('timer', (what: Flushable) => what.destroy())
