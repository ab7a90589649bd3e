import { listConversations } from '../rest/operations.ts'
import type { Rest } from '../rest/rest.ts'
import type { Places } from './places.ts'

/** Listings that are asked for one by one; more are paged. */
const MOST_SINGLE = 20
const PAGE = 200

/** Asks for the listings of conversations: those that may be outdated, and those that were not asked for yet. */
export class Relisting {
  readonly #places: Places
  readonly #rest: Rest

  constructor(places: Places, rest: Rest) {
    this.#places = places
    this.#rest = rest
  }

  /** The connection is live: what was missed meanwhile is asked for. Throws a `ParlanceError`. */
  async begin(): Promise<void> {
    const unsure = this.#outdated()
    const asking = unsure.length > MOST_SINGLE ? this.#askForAll() : undefined
    if (!asking) for (const place of unsure) place.heal()
    for (const place of this.#places.all) place.opened?.refresh()
    await asking
  }

  /** The next page. Throws a `ParlanceError`. */
  async more(): Promise<void> {
    const cursor = this.#places.next
    if (cursor !== null) this.#places.next = await this.#take({ cursor })
  }

  async #askForAll(): Promise<void> {
    for (const archived of [false, true]) {
      let cursor: string | null | undefined
      do cursor = await this.#take({ archived, ...(cursor && { cursor }) })
      while (cursor !== null && this.#outdated().length > 0)
    }
    for (const place of this.#places.all) if (place.state) place.heal()
  }

  /** Takes a page over, and answers the cursor of the next. */
  async #take(query: { readonly cursor?: string; readonly archived?: boolean }): Promise<string | null> {
    const { items, next } = await this.#rest.call(listConversations, { query: { ...query, limit: PAGE } })
    for (const listing of items) this.#places.get(listing.id).begin(listing)
    return next
  }

  #outdated() {
    return [...this.#places.all].filter((place) => place.state?.isOutdated)
  }
}
