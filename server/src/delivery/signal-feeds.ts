import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountId,
  type ConversationId,
  type PresenceNews,
  presenceTopic,
  type ReceiptNews,
  receiptTopic,
} from '../core/chat.ts'

/** Passing news of all nodes, lost while other nodes are out of reach. Listeners must not throw. */
export class SignalFeeds {
  readonly #bus: Bus

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** Tells whenever the account may be seen otherwise than before; the listener asks `Presence` how. */
  followPresence(accountId: AccountId, listener: (news: PresenceNews) => void): Unsubscribe {
    return this.#bus.subscribe(presenceTopic(accountId), listener)
  }

  followReceipts(conversationId: ConversationId, listener: (news: ReceiptNews) => void): Unsubscribe {
    return this.#bus.subscribe(receiptTopic(conversationId), listener)
  }
}
