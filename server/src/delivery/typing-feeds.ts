import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountId,
  type ConversationId,
  TYPING_LEASE_MS,
  type TypingEvent,
  type TypingNews,
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

interface Follower {
  readonly viewerId: AccountId
  readonly listener: TypingListener
}

/** Typists at all nodes, in the conversations that somebody here follows. */
export class TypingFeeds {
  readonly #feeds: RefCounted<ConversationId, Follower, TypingFeed>

  constructor(options: TypingFeedsOptions) {
    this.#feeds = new RefCounted((conversationId) => new TypingFeed(conversationId, options))
  }

  follow(conversationId: ConversationId, viewerId: AccountId, listener: TypingListener): Unsubscribe {
    // An object of its own for each follow: a listener may follow twice.
    const own = { viewerId, listener }
    this.#feeds.join(conversationId, own).tellWhoTypes(own)
    return () => this.#feeds.leave(conversationId, own)
  }
}

interface Typist {
  readonly began: TypingEvent
  readonly hiddenFrom: ReadonlySet<AccountId>
  readonly lease: NodeJS.Timeout
}

/** One conversation's typists, each for as long as their lease, which ends here whatever becomes of their node. */
class TypingFeed implements RefCountedEntry<Follower> {
  readonly members = new Set<Follower>()
  readonly #typists = new Map<AccountId, Typist>()
  readonly #onError: TypingFeedsOptions['onError']
  readonly #unsubscribe: Unsubscribe

  constructor(conversationId: ConversationId, { bus, onError }: TypingFeedsOptions) {
    this.#onError = onError
    this.#unsubscribe = bus.subscribe(typingTopic(conversationId), (news) => this.#receive(news))
  }

  tellWhoTypes(follower: Follower): void {
    for (const typist of this.#typists.values())
      if (isShown(typist, follower)) this.#tell(follower, typist.began)
  }

  close(): void {
    this.#unsubscribe()
    for (const { lease } of this.#typists.values()) clearTimeout(lease)
  }

  #receive({ hiddenFrom = [], ...event }: TypingNews): void {
    const { accountId } = event.typist
    const before = this.#typists.get(accountId)
    clearTimeout(before?.lease)
    const ended: TypingEvent = { ...event, type: 'typing.ended' }
    const now = event.type === 'typing.ended' ? undefined : this.#typist(event, hiddenFrom)
    if (now) this.#typists.set(accountId, now)
    else this.#typists.delete(accountId)
    // Said again it is no news, unless the typist has meanwhile blocked the follower, or no longer does.
    for (const follower of this.members) {
      const isNowShown = isShown(now, follower)
      if (isNowShown !== isShown(before, follower)) this.#tell(follower, isNowShown ? event : ended)
    }
  }

  #typist(began: TypingEvent, hiddenFrom: readonly AccountId[]): Typist {
    const ended: TypingEvent = { ...began, type: 'typing.ended' }
    const lease = runAfter(TYPING_LEASE_MS, () => this.#receive(ended)).unref()
    return { began, hiddenFrom: new Set(hiddenFrom), lease }
  }

  #tell({ listener }: Follower, event: TypingEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.#onError(error)
    }
  }
}

const isShown = (typist: Typist | undefined, { viewerId }: Follower): boolean =>
  typist !== undefined && !typist.hiddenFrom.has(viewerId)
