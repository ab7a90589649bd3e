import type { ConversationId } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import { nameKey } from '../lib/name-forms.ts'
import type { OwnListingPlace } from './store.ts'

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

/** Those whose name begins so: the pinned first, then by last activity, the latest first. */
export function placesNamed(prefix: string, rows: readonly OwnNameRow[]): readonly OwnListingPlace[] {
  const key = nameKey(prefix)
  const begins = (name: string | null) => name !== null && nameKey(name).startsWith(key)
  return rows
    .filter(({ name, username, displayName }) => begins(name) || begins(username) || begins(displayName))
    .map(({ conversationId, isPinned, activityAt }) => ({
      conversationId,
      activityAt,
      isPinned: Boolean(isPinned),
    }))
    .sort(byListing)
}

/** The order of listings. */
export const byListing = (one: OwnListingPlace, other: OwnListingPlace): number =>
  Number(other.isPinned) - Number(one.isPinned) ||
  other.activityAt - one.activityAt ||
  other.conversationId - one.conversationId
