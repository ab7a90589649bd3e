import type { AccountId, ConversationId, Sender } from '../core/types.ts'
import type { SharedListing } from './member-views.ts'

/** A shared listing, and the two members of a private conversation. */
export interface RememberedListing extends SharedListing {
  readonly pair: readonly AccountId[]
}

/** UTF-16 units of bodies that are remembered, each listing's other fields counted as some more. */
const MAX_LENGTH = 8 * 1024 * 1024
const FIELDS_LENGTH = 1_000

/**
 * Shared listings as they were last read, one of each conversation. A listing is asked for by all that can change it, the
 * conversation's last change and the names of the last message's sender: so none is answered that is out of date,
 * whoever wrote last. Past the bound all are forgotten.
 */
export class RememberedListings {
  readonly #listings = new Map<ConversationId, RememberedListing>()
  readonly #maxLength: number
  #length = 0

  constructor(maxLength = MAX_LENGTH) {
    this.#maxLength = maxLength
  }

  /**
   * The listing as it was at that change, the same object each time. `senderOf` tells the sender's names as they are now.
   */
  find(
    conversationId: ConversationId,
    lastChange: number,
    senderOf: (accountId: AccountId) => Sender | undefined,
  ): RememberedListing | undefined {
    const known = this.#listings.get(conversationId)
    if (known?.conversation.lastChange !== lastChange) return undefined
    const { lastMessage } = known
    return lastMessage === null || isSameSender(lastMessage.sender, senderOf(lastMessage.senderId))
      ? known
      : undefined
  }

  set(listing: RememberedListing): void {
    const { conversationId } = listing.conversation
    this.#length -= lengthOf(this.#listings.get(conversationId))
    if (this.#length + lengthOf(listing) > this.#maxLength) this.clear()
    this.#length += lengthOf(listing)
    this.#listings.set(conversationId, listing)
  }

  clear(): void {
    this.#listings.clear()
    this.#length = 0
  }
}

const lengthOf = (listing: SharedListing | undefined): number =>
  listing ? FIELDS_LENGTH + (listing.lastMessage?.body.length ?? 0) : 0

const isSameSender = (one: Sender, other: Sender | undefined): boolean =>
  one.uuid === other?.uuid && one.username === other.username && one.displayName === other.displayName
