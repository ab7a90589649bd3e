import type { Micros } from '../lib/clock.ts'
import type { ConversationId } from './types.ts'

/** A send that would name everybody, which is the same when it is repeated, or an edit of a message. */
export type Naming = { readonly clientId: string } | { readonly seq: number }

interface Named {
  readonly at: Micros
  readonly by: string | undefined
}

/**
 * Lets everybody of a conversation be named once in a time. The store tells of it too late for messages that are sent
 * together, and no more once a message is deleted. This keeps each that was let through, for that time.
 */
export class MentionPace {
  readonly #pause: Micros
  /** The oldest first. */
  readonly #named = new Map<ConversationId, Named>()

  constructor(pause: Micros) {
    this.#pause = pause
  }

  /** `stored` is when everybody was last named as the store has it. A repeated send is let through again. */
  admit(
    conversationId: ConversationId,
    { by, stored, now }: { by: string | undefined; stored: Micros | undefined; now: Micros },
  ): boolean {
    this.#forget(now)
    const named = this.#named.get(conversationId)
    if (named) return by !== undefined && named.by === by
    if (stored !== undefined && now - stored < this.#pause) return false
    this.#named.set(conversationId, { at: now, by })
    return true
  }

  #forget(now: Micros): void {
    for (const [conversationId, { at }] of this.#named) {
      if (now - at < this.#pause) return
      this.#named.delete(conversationId)
    }
  }
}
