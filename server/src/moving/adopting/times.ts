import type { Micros } from '../../lib/clock.ts'

/** ISO 8601 as Python, Mongo and SQL print it; without a zone it is UTC. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/

/** Microseconds of a number that is such, or of a text; undefined where it is neither a time nor after 1970. */
export function microsOf(value: number | string | null | undefined): Micros | undefined {
  const micros = typeof value === 'string' ? parsed(value.trim()) : value
  return typeof micros === 'number' && Number.isSafeInteger(micros) && micros > 0 ? micros : undefined
}

function parsed(text: string): number | undefined {
  const [, day, time, fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  if (day === undefined) return undefined
  const shift = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')
  const milliseconds = Date.parse(`${day}T${time}${shift}`)
  return Number.isNaN(milliseconds)
    ? undefined
    : milliseconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}
