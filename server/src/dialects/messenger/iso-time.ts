import type { Micros } from '../../lib/clock.ts'

// The form that pydantic 1 reads, and a space where a query string's unescaped plus sign was.
const ISO_TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d{0,6})?)?(?:Z|([-+ ])(\d{2})(?::?(\d{2}))?)?$/

const MINUTES_PER_DAY = 24 * 60

/**
 * ISO 8601 with an offset, `Z` or neither, which means UTC. Undefined for any other text and for times that
 * are on no calendar. A time past the last `Micros` becomes that.
 */
export function parseIsoTime(text: string): Micros | undefined {
  const match = ISO_TIME.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(toNumber)
  const date = new Date(0)
  // Not Date.UTC, which takes the year 99 for 1999.
  date.setUTCFullYear(year, month - 1, day)
  const isOnCalendar = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0
  const offset = offsetMinutes(match[8], match[9], match[10])
  if (!isOnCalendar || hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined
  const seconds = date.getTime() / 1000 + (hour * 60 + minute - offset) * 60 + second
  const micros = seconds * 1_000_000 + Number((match[7] ?? '').padEnd(6, '0'))
  return Math.min(Math.max(micros, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

const toNumber = (digits: string | undefined): number => Number(digits ?? 0)

function offsetMinutes(sign?: string, hours?: string, minutes?: string): number | undefined {
  const offset = toNumber(hours) * 60 + toNumber(minutes)
  if (offset >= MINUTES_PER_DAY) return undefined
  return sign === '-' ? -offset : offset
}
