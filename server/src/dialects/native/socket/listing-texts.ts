import type { Conversation, MessageDetails, OwnListing } from '../../../core/chat.ts'
import { conversationOf, ownSideOf } from '../wire.ts'

interface Shared {
  readonly lastMessage: MessageDetails | null
  /** JSON without its last brace. */
  readonly text: string
}

/**
 * Listings as JSON. Their greater part is the same for every member: it is written once, and kept as long as the store
 * answers the same objects for it.
 */
export class ListingTexts {
  readonly #shared = new WeakMap<Conversation, Shared>()

  textOf(listing: OwnListing): string {
    return `${this.#sharedText(listing)},${JSON.stringify(ownSideOf(listing)).slice(1)}`
  }

  #sharedText({ conversation, lastMessage }: OwnListing): string {
    const known = this.#shared.get(conversation)
    if (known && known.lastMessage === lastMessage) return known.text
    const text = JSON.stringify(conversationOf(conversation, lastMessage)).slice(0, -1)
    this.#shared.set(conversation, { lastMessage, text })
    return text
  }
}
