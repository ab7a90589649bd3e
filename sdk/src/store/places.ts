import { Live, type Observable } from '../lib/live.ts'
import type { Listing } from '../protocol.ts'
import { Place, type PlaceParts } from './place.ts'

/** The account's conversations, as far as they are loaded. */
export interface ConversationList {
  /** The pinned first, then by last activity; without the archived. */
  readonly items: readonly Listing[]
  readonly archived: readonly Listing[]
  /** Unread messages, without those of muted and archived conversations; likewise mentions. */
  readonly unread: number
  readonly mentions: number
  /** Whether the server has more: `loadMore` fetches them. */
  readonly hasMore: boolean
}

/** Conversations that a client may resume at once. */
const MOST_RESUMED = 1_000

/** Every conversation that the store knows. */
export class Places {
  readonly #parts: Omit<PlaceParts, 'onChange'>
  readonly #all = new Map<string, Place>()
  readonly #list = new Live<ConversationList>(() => this.#listed())
  /** The cursor of the listings that are not loaded; null where there are none. */
  #next: string | null = null

  constructor(parts: Omit<PlaceParts, 'onChange'>) {
    this.#parts = parts
  }

  get list(): Observable<ConversationList> {
    return this.#list
  }

  get all(): Iterable<Place> {
    return this.#all.values()
  }

  get next(): string | null {
    return this.#next
  }

  set next(cursor: string | null) {
    this.#next = cursor
    this.#list.changed()
  }

  find(id: string): Place | undefined {
    return this.#all.get(id)
  }

  get(id: string): Place {
    const found = this.#all.get(id)
    if (found) return found
    const place = new Place(id, { ...this.#parts, onChange: () => this.#list.changed() })
    this.#all.set(id, place)
    return place
  }

  /** Where the store stands in each conversation, the most active first. */
  positions(): Readonly<Record<string, number>> {
    const known = [...this.all]
      .sort((a, b) => compare(activityIn(b), activityIn(a)))
      .flatMap(({ id, synced }) => (synced === undefined ? [] : [[id, synced] as const]))
    return Object.fromEntries(known.slice(0, MOST_RESUMED))
  }

  #listed(): ConversationList {
    const listings = [...this.all].flatMap(({ state }) => (state ? [state.listing] : []))
    listings.sort(byPlace)
    const items = listings.filter(({ me }) => !me.archived)
    const heard = items.filter(({ me }) => !me.muted)
    return {
      items,
      archived: listings.filter(({ me }) => me.archived),
      unread: heard.reduce((sum, { me }) => sum + me.unread, 0),
      mentions: heard.reduce((sum, { me }) => sum + me.mentions, 0),
      hasMore: this.#next !== null,
    }
  }
}

// Times are texts of one form, whose order is theirs.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const activityOf = ({ lastMessage, createdAt }: Listing): string => lastMessage?.sentAt ?? createdAt

const activityIn = ({ state }: Place): string => (state ? activityOf(state.listing) : '')

const byPlace = (a: Listing, b: Listing): number =>
  Number(b.me.pinned) - Number(a.me.pinned) || compare(activityOf(b), activityOf(a)) || compare(a.id, b.id)
