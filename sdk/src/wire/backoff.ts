const SHORTEST_MS = 250
const LONGEST_MS = 20_000
const FIRST_MS = 500

/**
 * Milliseconds to wait before an attempt, the first being 0: anywhere between a quarter of a second and a bound that
 * doubles with each. Full jitter, so that clients that were cut off together do not come back together.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return SHORTEST_MS + random() * (bound - SHORTEST_MS)
}

/** The step that a close code asks of a client. */
export function afterClose(code: number): 'end' | 'wait' | 'again' {
  if (code >= 4000 && code < 4100) return 'end'
  return code >= 4200 && code < 4300 ? 'again' : 'wait'
}
