import { type Finding, ok, warning } from './finding.ts'

/** Milliseconds by which two clocks may differ before people see it. */
const APART_MS = 2_000

/** Compares this machine's clock with that of a database or a Redis, which says `theirsMs`: milliseconds since 1970. */
export function examineClock(whose: string, theirsMs: number): Finding {
  const aheadMs = theirsMs - Date.now()
  const apart = Math.abs(aheadMs)
  const seconds = (apart / 1000).toFixed(1)
  if (apart < APART_MS) return ok('clock', `This machine and ${whose} agree about the time.`)
  return warning(
    'clock',
    `The clock of ${whose} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
    'Times of messages and tokens follow the clock of the node: have every machine set by NTP.',
  )
}
