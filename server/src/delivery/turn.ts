interface Flushable {
  flush(): void
}

let dirty: Flushable[] = []

/** Flushes once, at the end of this turn of the event loop. The caller sees to it that it asks once a turn. */
export function flushAtEndOfTurn(what: Flushable): void {
  if (dirty.length === 0) setImmediate(flushAll)
  dirty.push(what)
}

function flushAll(): void {
  const flushing = dirty
  dirty = []
  for (const what of flushing) what.flush()
}
