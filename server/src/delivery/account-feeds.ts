import { setTimeout } from 'node:timers/promises'
import type { Bus, Renewal, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountEvent,
  type AccountId,
  accountTopic,
  type Chat,
  type ConversationId,
  type SessionId,
} from '../core/chat.ts'
import { Semaphore } from '../lib/semaphore.ts'

/** News of other nodes may have been missed: this is what holds now. */
export interface AccountReview {
  readonly type: 'account.reviewed'
  readonly accountId: AccountId
  /** Undefined when no credential is accepted any more. */
  readonly credentialsSince: number | undefined
  readonly conversationIds: ReadonlySet<ConversationId>
  /** The sessions that live. */
  readonly sessionIds: ReadonlySet<SessionId>
  /** On the steady clock, in milliseconds: nothing of it was read earlier. */
  readonly readSince: number
  /** Not just a subscription that has begun. */
  readonly isAfterOutage: boolean
}

export type AccountNews = AccountEvent | AccountReview

/** After an outage all accounts of a node are reviewed: the database answers so many at a time. */
const REVIEWS_AT_ONCE = 8
const RETRY_MS = 2_000

interface AccountFeedsOptions {
  readonly bus: Bus
  readonly chat: Pick<Chat, 'accounts' | 'conversations' | 'sessions'>
  readonly onError: (error: unknown) => void
}

/** Feeds of the events of accounts, on all nodes. */
export class AccountFeeds {
  readonly #options: AccountFeedsOptions
  readonly #semaphore = new Semaphore({ concurrency: REVIEWS_AT_ONCE, maxWaiting: Number.POSITIVE_INFINITY })

  constructor(options: AccountFeedsOptions) {
    this.#options = options
  }

  follow(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    const feed = new AccountFeed({
      listener,
      onError: this.#options.onError,
      review: (isAfterOutage) => this.#review(accountId, isAfterOutage),
      isIn: (conversationId) => this.#isIn(accountId, conversationId),
    })
    const unsubscribe = this.#options.bus.subscribe(
      accountTopic(accountId),
      (event) => feed.receive(event),
      (why) => {
        feed.renew(why).catch(this.#options.onError)
      },
    )
    return () => {
      feed.close()
      unsubscribe()
    }
  }

  /** Undefined when the database is away. */
  #isIn(accountId: AccountId, conversationId: ConversationId): Promise<boolean | undefined> {
    const { conversations } = this.#options.chat
    return this.#semaphore.run(() =>
      conversations.standing(accountId, conversationId).then(
        (standing) => standing !== undefined,
        () => undefined,
      ),
    )
  }

  /** Undefined when the database is away. */
  #review(accountId: AccountId, isAfterOutage: boolean): Promise<AccountReview | undefined> {
    const { accounts, conversations, sessions } = this.#options.chat
    return this.#semaphore.run(async () => {
      const readSince = performance.now()
      try {
        const account = await accounts.find(accountId)
        // After the account: no session may be listed that ended before its `credentialsSince`.
        const [ids, sessionIds] = await Promise.all([
          conversations.idsOf(accountId),
          sessions.idsOf(accountId),
        ])
        const { credentialsSince } = account ?? {}
        const review = { accountId, credentialsSince, conversationIds: new Set(ids), sessionIds, readSince }
        return { type: 'account.reviewed', ...review, isAfterOutage }
      } catch {
        // The store's port reports its failure; the review waits until it is back.
        return undefined
      }
    })
  }
}

interface AccountFeedOptions {
  readonly listener: (news: AccountNews) => void
  readonly onError: (error: unknown) => void
  readonly review: (isAfterOutage: boolean) => Promise<AccountReview | undefined>
  readonly isIn: (conversationId: ConversationId) => Promise<boolean | undefined>
}

/** One listener's news, with a review whenever some may have been missed. */
class AccountFeed {
  readonly #options: AccountFeedOptions
  #received = 0
  #isOutdated = false
  #isAfterOutage = false
  #isReviewing = false
  #isClosed = false

  constructor(options: AccountFeedOptions) {
    this.#options = options
  }

  receive(event: AccountEvent): void {
    this.#received++
    if (event.type === 'account.left') this.#tellIfLeft(event).catch(this.#options.onError)
    else this.#options.listener(event)
    // It may be the notice of an ended session, of which no other news has come.
    if (event.type === 'account.revoked') this.renew('begun').catch(this.#options.onError)
  }

  close(): void {
    this.#isClosed = true
  }

  async renew(why: Renewal): Promise<void> {
    this.#isOutdated = true
    this.#isAfterOutage ||= why === 'resumed'
    if (this.#isReviewing) return
    this.#isReviewing = true
    try {
      while (this.#isOutdated && !this.#isClosed) await this.#tellReview()
    } finally {
      this.#isReviewing = false
    }
  }

  /** The event can arrive after the account has rejoined through another node: ask the store before telling it. */
  async #tellIfLeft(event: Extract<AccountEvent, { type: 'account.left' }>): Promise<void> {
    let received: number
    let isIn: boolean | undefined
    do {
      received = this.#received
      isIn = await this.#options.isIn(event.conversationId)
    } while (received !== this.#received && !this.#isClosed)
    if (this.#isClosed || isIn) return
    if (isIn === undefined) await this.renew('begun')
    else this.#options.listener(event)
  }

  async #tellReview(): Promise<void> {
    this.#isOutdated = false
    const received = this.#received
    const review = await this.#options.review(this.#isAfterOutage)
    // Events that arrived during the reading may be newer than the review.
    if (!review || received !== this.#received) this.#isOutdated = true
    if (!review) await setTimeout(RETRY_MS, undefined, { ref: false })
    if (!review || this.#isOutdated || this.#isClosed) return
    this.#isAfterOutage = false
    this.#options.listener(review)
  }
}
