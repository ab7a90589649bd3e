import { listConversations } from '../rest/operations.ts'
import type { Rest } from '../rest/rest.ts'
import type { Places } from './places.ts'

/** Listings that are asked for one by one; more are paged. */
const MOST_SINGLE = 20
const PAGE = 200

/** The connection is live: the listings that may be outdated are asked for. Throws a `ParlanceError`. */
export async function relist(places: Places, rest: Rest): Promise<void> {
  const unsure = outdatedOf(places)
  const asking = unsure.length > MOST_SINGLE ? askForAll(places, rest) : undefined
  if (!asking) for (const place of unsure) place.heal()
  for (const place of places.all) place.opened?.refresh()
  await asking
}

/** Asks for the page of listings after those that are known. Throws a `ParlanceError`. */
export async function loadNext(places: Places, rest: Rest): Promise<void> {
  const cursor = places.next
  if (cursor !== null) places.next = await takePage(places, rest, { cursor })
}

async function askForAll(places: Places, rest: Rest): Promise<void> {
  for (const archived of [false, true]) {
    let cursor: string | null | undefined
    do cursor = await takePage(places, rest, { archived, ...(cursor && { cursor }) })
    while (cursor !== null && outdatedOf(places).length > 0)
  }
  for (const place of places.all) if (place.state) place.heal()
}

/** Takes a page over, and answers the cursor of the next. */
async function takePage(
  places: Places,
  rest: Rest,
  query: { readonly cursor?: string; readonly archived?: boolean },
): Promise<string | null> {
  const { items, next } = await rest.call(listConversations, { query: { ...query, limit: PAGE } })
  for (const listing of items) places.get(listing.id).begin(listing)
  return next
}

const outdatedOf = (places: Places) => [...places.all].filter((place) => place.state?.isOutdated)
