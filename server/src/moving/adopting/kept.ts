import type { Micros } from '../../lib/clock.ts'
import type { Time } from './found.ts'
import { microsOf } from './times.ts'

/** Past it an id leaves no room for those to come. */
const MAX_ID = 2 ** 48

/** The id where it can be kept: a whole number from 1 to 2^48. */
export const keptId = (id: number | null): number | null =>
  id !== null && Number.isSafeInteger(id) && id > 0 && id < MAX_ID ? id : null

/** A time at most now: one that is to come would hold up all later ones. Undefined where it is none. */
export function timeOf(value: Time, now: Micros): Micros | undefined {
  const micros = microsOf(value)
  return micros === undefined ? undefined : Math.min(micros, now)
}
