import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { ConversationStore, Pinned, PinPage, PinStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { conversationTopic } from './events.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { requireMayUnblocked } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { AccountId, ConversationId, MessageDetails, MessagePlace } from './types.ts'

interface PinsParts {
  readonly store: { readonly pins: PinStore; readonly conversations: ConversationStore }
  readonly bus: Bus
  readonly clock: Clock
}

/** Messages that a conversation keeps in sight. */
export class Pins {
  readonly #store: PinsParts['store']
  readonly #bus: Bus
  readonly #clock: Clock

  constructor({ store, bus, clock }: PinsParts) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
  }

  /** Changes nothing if it is pinned. Refuses 'not_a_member', 'forbidden', 'message_refused', 'unknown_message'. */
  pin(byId: AccountId, place: MessagePlace): Promise<Pinned> {
    return this.#set(byId, { ...place, isPinned: true })
  }

  /** As `pin`. */
  unpin(byId: AccountId, place: MessagePlace): Promise<Pinned> {
    return this.#set(byId, { ...place, isPinned: false })
  }

  /** Newest pin first. The caller has checked that the reader is a member. */
  list(conversationId: ConversationId, page: PinPage): Promise<readonly MessageDetails[]> {
    return this.#store.pins.list(conversationId, page)
  }

  #set(
    byId: AccountId,
    { conversationId, seq, isPinned }: MessagePlace & { isPinned: boolean },
  ): Promise<Pinned> {
    return withFreshFacts(async () => {
      const standing = await this.#store.conversations.standing(byId, conversationId)
      if (!standing) throw new ChatError('not_a_member', { conversationId })
      const seen = requireMayUnblocked('pin', standing)
      const at = this.#clock.nowMicros()
      const setting = this.#store.pins.set({ conversationId, seq, by: byId, seen, isPinned, at })
      return publishOnCommit(setting, ({ change, isNew }) => {
        const type = isPinned ? 'message.pinned' : 'message.unpinned'
        if (isNew)
          this.#bus.publish(conversationTopic(conversationId), {
            type,
            conversationId,
            change,
            seq,
            byId,
            at,
          })
      })
    })
  }
}
