import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountId,
  type ConversationId,
  TYPING_LEASE_MS,
  type TypingEvent,
  typingTopic,
} from '../core/chat.ts'
import { RefCounted, type RefCountedEntry } from '../lib/ref-counted.ts'
import { runAfter } from '../lib/timers.ts'

export type TypingListener = (event: TypingEvent) => void

interface TypingFeedsOptions {
  readonly bus: Bus
  /** A listener has thrown. */
  readonly onError: (error: unknown) => void
}

/** Typists at all nodes, in the conversations that somebody here follows. */
export class TypingFeeds {
  readonly #feeds: RefCounted<ConversationId, TypingListener, TypingFeed>

  constructor(options: TypingFeedsOptions) {
    this.#feeds = new RefCounted((conversationId) => new TypingFeed(conversationId, options))
  }

  follow(conversationId: ConversationId, listener: TypingListener): Unsubscribe {
    // A function of its own for each follow: a listener may follow twice.
    const own: TypingListener = (event) => listener(event)
    this.#feeds.join(conversationId, own).tellWhoTypes(own)
    return () => this.#feeds.leave(conversationId, own)
  }
}

interface Typist {
  readonly began: TypingEvent
  readonly lease: NodeJS.Timeout
}

/** One conversation's typists, each for as long as their lease, which ends here whatever becomes of their node. */
class TypingFeed implements RefCountedEntry<TypingListener> {
  readonly members = new Set<TypingListener>()
  readonly #typists = new Map<AccountId, Typist>()
  readonly #onError: TypingFeedsOptions['onError']
  readonly #unsubscribe: Unsubscribe

  constructor(conversationId: ConversationId, { bus, onError }: TypingFeedsOptions) {
    this.#onError = onError
    this.#unsubscribe = bus.subscribe(typingTopic(conversationId), (event) => this.#receive(event))
  }

  tellWhoTypes(listener: TypingListener): void {
    for (const { began } of this.#typists.values()) this.#tell(listener, began)
  }

  close(): void {
    this.#unsubscribe()
    for (const { lease } of this.#typists.values()) clearTimeout(lease)
  }

  #receive(event: TypingEvent): void {
    const { accountId } = event.typist
    const known = this.#typists.get(accountId)
    clearTimeout(known?.lease)
    if (event.type === 'typing.ended') this.#typists.delete(accountId)
    else {
      const ended: TypingEvent = { ...event, type: 'typing.ended' }
      const lease = runAfter(TYPING_LEASE_MS, () => this.#receive(ended)).unref()
      this.#typists.set(accountId, { began: event, lease })
    }
    // Said again it is no news.
    if ((known === undefined) === (event.type === 'typing.ended')) return
    for (const listener of this.members) this.#tell(listener, event)
  }

  #tell(listener: TypingListener, event: TypingEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.#onError(error)
    }
  }
}
