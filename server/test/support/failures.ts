import { type Door, onFailure } from '../../src/lib/guard.ts'

export const BUG = new Error('a bug')

/** A callback that throws, as a bug would make it. */
export const fail = (): never => {
  throw BUG
}

/** The failures that the guards of this process catch from now on until it ends, each with its door. */
export function hearFailures(): [Door, unknown][] {
  const failures: [Door, unknown][] = []
  onFailure((door, error) => failures.push([door, error]))
  return failures
}
