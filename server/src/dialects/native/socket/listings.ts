import type * as Wire from '@parlance/protocol'
import type { AccountId, Chat, ConversationId, OwnListing } from '../../../core/chat.ts'
import { cursorOf } from '../listing-cursor.ts'
import { ownByConversation } from '../own-reactions.ts'
import { ListingTexts } from './listing-texts.ts'

/** Listings that a client gets when it comes. */
const NEWEST = 50

interface Newest {
  /** Each as JSON. */
  readonly listings: readonly string[]
  readonly own: Wire.OwnOfListings
  readonly next: string | null
  /** The last change of each, as its listing has it. */
  readonly lastChanges: ReadonlyMap<ConversationId, number>
}

/** An account's listings, as the socket shows them. */
export class Listings {
  readonly #chat: Pick<Chat, 'memberships' | 'reactions'>
  readonly #texts = new ListingTexts()

  constructor(chat: Pick<Chat, 'memberships' | 'reactions'>) {
    this.#chat = chat
  }

  /** At a cost that does not grow with the number of the account's conversations. */
  async newest(accountId: AccountId): Promise<Newest> {
    const found = await this.#chat.memberships.listNewest(accountId, NEWEST + 1)
    const newest = found.slice(0, NEWEST)
    const last = found.length > NEWEST ? newest.at(-1) : undefined
    // As if it were pinned: the pages that follow begin with those pinned ones that are not among the newest.
    const next = last ? cursorOf({ ...last, own: { ...last.own, isPinned: true } }) : null
    const lastChanges = new Map(
      newest.map(({ conversation }) => [conversation.conversationId, conversation.lastChange]),
    )
    const own = await this.ownOf(accountId, newest)
    return { listings: newest.map((listing) => this.#texts.textOf(listing)), own, next, lastChanges }
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

  /** The account's own reactions to the last messages of its listings. */
  ownOf(accountId: AccountId, listings: readonly OwnListing[]): Promise<Wire.OwnOfListings> {
    const messages = listings.flatMap(({ lastMessage }) => lastMessage ?? [])
    return ownByConversation(this.#chat.reactions, accountId, messages)
  }
}
