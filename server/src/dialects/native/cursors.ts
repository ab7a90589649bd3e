import { parseJson } from '../../lib/json.ts'
import { invalid } from './refusal.ts'

/** The `next` of a list: opaque to clients. */
export const cursorText = (...place: readonly (number | string)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** The number that a cursor is made of; `first` without one. Refuses a text that is no cursor of this list. */
export function numberAt(cursor: string | undefined, first = 0): number {
  if (cursor === undefined) return first
  const [number, ...rest] = partsOf(cursor)
  if (isPosition(number) && rest.length === 0) return number
  throw noCursor()
}

/** As `numberAt`, of a text and a number. */
export function placeAt(cursor: string | undefined): readonly [text: string, number: number] | null {
  if (cursor === undefined) return null
  const [text, number, ...rest] = partsOf(cursor)
  if (typeof text === 'string' && isPosition(number) && rest.length === 0) return [text, number]
  throw noCursor()
}

/** As `numberAt`, of two numbers. */
export function pairAt(cursor: string | undefined): readonly [number, number] | null {
  if (cursor === undefined) return null
  const [one, other, ...rest] = partsOf(cursor)
  if (isPosition(one) && isPosition(other) && rest.length === 0) return [one, other]
  throw noCursor()
}

/** As `numberAt`, of a text. */
export function textAt(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  const [text, ...rest] = partsOf(cursor)
  if (typeof text === 'string' && rest.length === 0) return text
  throw noCursor()
}

/** A page, of which one item more than asked for was looked up. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  cursorOf: (last: Item) => string,
): { readonly items: readonly Item[]; readonly next: string | null } {
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, next: last === undefined ? null : cursorOf(last) }
}

function partsOf(cursor: string): readonly unknown[] {
  const value = parseJson(Buffer.from(cursor, 'base64url').toString())
  if (Array.isArray(value)) return value
  throw noCursor()
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const noCursor = () => invalid({ pointer: '?cursor', detail: 'is no cursor of this list' })
