import type { ConversationId, OwnListing } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import { nameKey } from '../lib/name-forms.ts'
import type { OwnListingPage, OwnListingPlace } from './store.ts'

// Names of an account's own conversations, as a search looks at them: the same whatever the engine.

/** One conversation of the account. */
export interface OwnNameRow {
  readonly conversationId: ConversationId
  readonly name: string | null
  readonly username: string | null
  readonly displayName: string | null
  readonly isPinned: number | boolean
  readonly activityAt: Micros
}

/** The ids of a page of those whose name begins so: the pinned first, then by last activity, the latest first. */
export function idsNamed(
  prefix: string,
  rows: readonly OwnNameRow[],
  { after, limit }: Pick<OwnListingPage, 'after' | 'limit'>,
): readonly ConversationId[] {
  const key = nameKey(prefix)
  const begins = (name: string | null) => name !== null && nameKey(name).startsWith(key)
  return rows
    .filter(({ name, username, displayName }) => begins(name) || begins(username) || begins(displayName))
    .map((row) => ({ ...row, isPinned: Boolean(row.isPinned) }))
    .filter((place) => !after || byListing(after, place) < 0)
    .sort(byListing)
    .slice(0, limit)
    .map(({ conversationId }) => conversationId)
}

/** The listings in the order of their ids. */
export function inOrder(
  ids: readonly ConversationId[],
  listings: readonly OwnListing[],
): readonly OwnListing[] {
  const found = new Map(listings.map((listing) => [listing.conversation.conversationId, listing]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** The order of listings. */
const byListing = (one: OwnListingPlace, other: OwnListingPlace): number =>
  Number(other.isPinned) - Number(one.isPinned) ||
  other.activityAt - one.activityAt ||
  other.conversationId - one.conversationId
