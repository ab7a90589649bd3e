/** Microseconds since 1970-01-01 UTC. Fits a double exactly until the year 2255. */
export type Micros = number

/** The time of day, for times that are shown, stored or compared with another's clock. Not for durations. */
export interface Clock {
  /**
   * Now, in microseconds. Never the same value twice, so that a time can serve as a cursor. Never backwards, unless the
   * machine's clock was set back by more than a second: it then goes on from there. Code whose times must not run
   * backwards ensures that itself: the store for the messages of a conversation, `TokenTimes` for revocations.
   */
  nowMicros(): Micros
}

/** Largest step back of the machine's clock during which time goes on in single microseconds instead. */
const HELD_MICROS: Micros = 1_000_000

interface Sources {
  /** The machine's clock, in whole milliseconds; it may be set, and goes on while the machine sleeps. */
  readonly wallMs?: () => number
  /** A clock that is never set, with fractions of milliseconds; it may stand still while the machine sleeps. */
  readonly steadyMs?: () => number
}

/** Follows the machine's clock, with the steady one's microseconds. */
export function systemClock({
  wallMs = () => Date.now(),
  steadyMs = () => performance.now(),
}: Sources = {}): Clock {
  let ahead = wallMs() - steadyMs()
  let last = 0
  return {
    nowMicros() {
      const wall = wallMs()
      const steady = steadyMs()
      // Both clocks have gone on alike, unless the machine's was set or the steady one stood still.
      const isSet = steady + ahead < wall || steady + ahead >= wall + 1
      if (isSet) ahead = wall - steady
      const now = isSet ? wall : steady + ahead
      const micros = Math.floor(now * 1000)
      last = micros > last || last - micros > HELD_MICROS ? micros : last + 1
      return last
    },
  }
}

export const MICROS_PER_SECOND = 1_000_000

export const secondsOf = (micros: Micros): number => Math.floor(micros / MICROS_PER_SECOND)

/** The last second that was written: most times that are written are of the second before. */
let written = { second: 0, text: '1970-01-01T00:00:00.' }

/** `2023-08-09T01:17:46.419120` and the suffix: ISO 8601 with six digits, as Python's `isoformat` writes it. */
export function isoMicros(micros: Micros, suffix: 'Z' | '+00:00'): string {
  const second = secondsOf(micros)
  if (second !== written.second) {
    const whole = new Date(second * 1000).toISOString()
    written = { second, text: whole.slice(0, whole.indexOf('.') + 1) }
  }
  return `${written.text}${String(micros - second * MICROS_PER_SECOND).padStart(6, '0')}${suffix}`
}
