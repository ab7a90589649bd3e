import type { Time } from '../found.ts'

// Values of MongoDB's Extended JSON, in which an object with one key, such as `$oid`, stands for a value that JSON has not.

const TEXTS = ['$oid', '$numberLong', '$numberInt', '$numberDouble', '$numberDecimal', '$symbol']

/** A value as text; empty where there is none. An object that stands for nothing is its JSON. */
export function textIn(document: object, field: string): string {
  const value = bare(Reflect.get(document, field))
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A time: a text as it is, or a date in microseconds. Null where it is neither, undefined where the field is not there. */
export function timeIn(document: object, field: string): Time {
  const value: unknown = Reflect.get(document, field)
  if (value === undefined || typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return null
  const date = bare(Reflect.get(value, '$date'))
  if (typeof date === 'string' && !/^-?\d+$/.test(date)) return date
  return date === undefined || date === null ? null : Number(date) * 1000
}

/** The objects in a list. */
export function objectsIn(document: object, field: string): readonly object[] {
  const value: unknown = Reflect.get(document, field)
  return Array.isArray(value)
    ? value.filter((item): item is object => typeof item === 'object' && item !== null)
    : []
}

/** The moment at which an ObjectId was made, in microseconds: its first four bytes are seconds. Null for any other id. */
export const momentOf = (id: string): Time =>
  /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1_000_000 : null

function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const key = TEXTS.find((name) => Object.hasOwn(value, name))
  return key === undefined ? value : Reflect.get(value, key)
}
