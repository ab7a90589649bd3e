import type { Micros } from '../../lib/clock.ts'
import { invalid } from './refusal.ts'

const MICROS_PER_MS = 1000

/** The time that a query's text names. Refuses one that no calendar has. */
export function momentIn(text: string, pointer: string): Micros {
  const [whole = '', fraction = ''] = text.replace('Z', '').split('.')
  const ms = Date.parse(`${whole.includes('T') ? whole : `${whole}T00:00`}Z`)
  // A day that a month does not have would be one of the next.
  const isThere = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(whole.slice(0, 10))
  if (!isThere) throw invalid({ pointer, detail: 'is no time of the calendar' })
  return ms * MICROS_PER_MS + Number(fraction.padEnd(6, '0'))
}
