import { type Door, onFailure } from '../../src/lib/guard.ts'

export const BUG = new Error('a bug')

/** A callback as a bug makes it. */
export const fail = (): never => {
  throw BUG
}

/** What the guards of this process catch from now on until it ends, with where it came from. */
export function hearFailures(): [Door, unknown][] {
  const failures: [Door, unknown][] = []
  onFailure((door, error) => failures.push([door, error]))
  return failures
}
