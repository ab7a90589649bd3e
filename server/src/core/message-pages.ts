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

/** Places that a conversation has: from the first that is kept to the newest. */
interface Extent {
  readonly firstSeq: number
  readonly lastSeq: number
}

/** The places of a page, of which no message is missing: so they are known before any is read. */
export function placesOf(
  { before, after, around, limit }: PageRange,
  { firstSeq, lastSeq }: Extent,
): { readonly first: number; readonly last: number } {
  if (after !== undefined) {
    const first = clamp(after + 1, firstSeq, lastSeq + 1)
    return { first, last: Math.min(lastSeq, first + limit - 1) }
  }
  if (around !== undefined) {
    const first = around - Math.floor(limit / 2)
    return {
      first: clamp(first, firstSeq, lastSeq + 1),
      last: clamp(first + limit - 1, firstSeq - 1, lastSeq),
    }
  }
  const last = clamp((before ?? lastSeq + 1) - 1, firstSeq - 1, lastSeq)
  return { first: Math.max(firstSeq, last - limit + 1), last }
}

const clamp = (place: number, least: number, most: number): number => Math.max(least, Math.min(most, place))
