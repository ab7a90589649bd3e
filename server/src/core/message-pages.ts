import type { MessageDetails } from './types.ts'

/** At most one of the three places; without any, the newest messages. */
export interface PageRange {
  /** The newest below that place. */
  readonly before?: number
  /** The oldest above it. */
  readonly after?: number
  /** The place itself, and half of the page on each side. */
  readonly around?: number
  readonly limit: number
}

export interface Page {
  readonly items: readonly MessageDetails[]
  /** The place of the conversation's newest message. */
  readonly head: number
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}

/** The places of a page, of which no message is missing: so they are known before any is read. */
export function placesOf(range: PageRange, head: number): { readonly first: number; readonly last: number } {
  const { before, after, around, limit } = range
  if (after !== undefined) {
    const first = clamp(after + 1, 1, head + 1)
    return { first, last: Math.min(head, first + limit - 1) }
  }
  if (around !== undefined) {
    const first = around - Math.floor(limit / 2)
    return { first: clamp(first, 1, head + 1), last: clamp(first + limit - 1, 0, head) }
  }
  const last = clamp((before ?? head + 1) - 1, 0, head)
  return { first: Math.max(1, last - limit + 1), last }
}

const clamp = (place: number, least: number, most: number): number => Math.max(least, Math.min(most, place))
