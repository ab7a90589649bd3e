/** Microseconds since 1970-01-01 UTC. Fits a double exactly until the year 2255. */
export type Micros = number

export interface Clock {
  /** Now, in microseconds. Never the same value twice, never backwards: a time can serve as a cursor. */
  nowMicros(): Micros
}

export function systemClock(): Clock {
  let last = 0
  return {
    nowMicros() {
      const wall = Math.floor((performance.timeOrigin + performance.now()) * 1000)
      last = wall > last ? wall : last + 1
      return last
    },
  }
}

export const MICROS_PER_SECOND = 1_000_000

export const secondsOf = (micros: Micros): number => Math.floor(micros / MICROS_PER_SECOND)

/** `2023-08-09T01:17:46.419120` and the suffix: ISO 8601 with six digits, as Python's `isoformat` writes it. */
export function isoMicros(micros: Micros, suffix: 'Z' | '+00:00'): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}${suffix}`
}
