import type * as Wire from '@parlance/protocol'
import type { AccountId, Chat, ConversationId, OwnListing } from '../../../core/chat.ts'
import { cursorOf } from '../listing-cursor.ts'
import { conversationIdIn } from '../names.ts'
import type { Places } from '../places.ts'

/** Listings that a client gets when it comes. */
const NEWEST = 50

interface Newest {
  readonly listings: readonly Wire.Listing[]
  readonly own: Wire.OwnOfListings
  readonly next: string | null
  /** The last change of each, as its listing has it. */
  readonly lastChanges: ReadonlyMap<ConversationId, number>
}

/** An account's listings, as the socket shows them. */
export class Listings {
  readonly #chat: Pick<Chat, 'memberships' | 'reactions'>
  readonly #places: Places

  constructor(chat: Pick<Chat, 'memberships' | 'reactions'>, places: Places) {
    this.#chat = chat
    this.#places = places
  }

  /** At a cost that does not grow with the number of the account's conversations. */
  async newest(accountId: AccountId): Promise<Newest> {
    const found = await this.#chat.memberships.listNewest(accountId, NEWEST + 1)
    const newest = found.slice(0, NEWEST)
    const last = found.length > NEWEST ? newest.at(-1) : undefined
    const listings = await Promise.all(newest.map((listing) => this.#places.shown(listing)))
    const own = await this.ownOf(accountId, listings)
    // As if it were pinned: the pages that follow begin with those pinned ones that are not among the newest.
    const next = last ? cursorOf({ ...last, own: { ...last.own, isPinned: true } }) : null
    const lastChanges = new Map(
      newest.map(({ conversation }) => [conversation.conversationId, conversation.lastChange]),
    )
    return { listings, own, next, lastChanges }
  }

  /** Those of the conversations that are the account's own. */
  async find(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, OwnListing>> {
    if (conversationIds.length === 0) return new Map()
    const found = await this.#chat.memberships.find(accountId, conversationIds)
    return new Map(found.map((listing) => [listing.conversation.conversationId, listing]))
  }

  shown(listing: OwnListing): Promise<Wire.Listing> {
    return this.#places.shown(listing)
  }

  /** The account's own reactions to the last messages of its listings. */
  async ownOf(accountId: AccountId, listings: readonly Wire.Listing[]): Promise<Wire.OwnOfListings> {
    const asking = listings.map(async ({ id, lastMessage }) => {
      // Most messages have none: nobody is asked.
      if (!lastMessage || lastMessage.reactions.length === 0) return []
      const { seq } = lastMessage
      const places = { first: seq, last: seq }
      const own = await this.#chat.reactions.listOwn(accountId, conversationIdIn(id), places)
      return own.length === 0 ? [] : [[id, { [seq]: own.map(({ key }) => key) }] as const]
    })
    return Object.fromEntries((await Promise.all(asking)).flat())
  }
}
