const DAY_MS = 24 * 3600 * 1000

const midnightOf = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** Whole days between a time and now: 0 is today. Days of 23 and 25 hours count as one. */
export const daysAgo = (date: Date, now: Date): number =>
  Math.round((midnightOf(now) - midnightOf(date)) / DAY_MS)

/** The same for all times of a day, and different for another: its first millisecond. */
export const dayKeyOf = (at: string): number => midnightOf(new Date(at))
