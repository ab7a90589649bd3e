import type { Bus } from '../bus/bus.ts'
import { conversationTopic } from './events.ts'
import { type ConversationId, type Sender, toSender } from './types.ts'

/** Connections that come to a conversation and go. They are told, and not stored. */
export class Visits {
  readonly #bus: Bus

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** Tells the conversation that one of the account's connections is now there. Not stored. */
  arrived(conversationId: ConversationId, visitor: Sender): void {
    this.#bus.publish(conversationTopic(conversationId), {
      type: 'visitor.arrived',
      conversationId,
      visitor: toSender(visitor),
    })
  }

  departed(conversationId: ConversationId, visitor: Sender): void {
    this.#bus.publish(conversationTopic(conversationId), {
      type: 'visitor.departed',
      conversationId,
      visitor: toSender(visitor),
    })
  }
}
