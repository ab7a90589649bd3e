import { setTimeout } from 'node:timers/promises'
import type { Bus, Unsubscribe } from '../bus/bus.ts'
import {
  type AccountEvent,
  type AccountId,
  accountTopic,
  type Chat,
  type ConversationId,
} from '../core/chat.ts'
import { Lane } from '../lib/lane.ts'

/** News of other nodes may have been missed: this is what holds now. */
export interface AccountReview {
  readonly type: 'account.reviewed'
  readonly accountId: AccountId
  /** Undefined when no credential is accepted any more. */
  readonly credentialsSince: number | undefined
  readonly conversationIds: ReadonlySet<ConversationId>
  /** Not just a subscription that has begun. */
  readonly isAfterOutage: boolean
}

export type AccountNews = AccountEvent | AccountReview

/** After an outage all accounts of a node are reviewed: the database answers so many at a time. */
const REVIEWS_AT_ONCE = 8
const RETRY_MS = 2_000

/** What happens to accounts, on whichever node. */
export class AccountFeeds {
  readonly #bus: Bus
  readonly #chat: Pick<Chat, 'accounts' | 'conversations'>
  readonly #lane = new Lane({ concurrency: REVIEWS_AT_ONCE, maxWaiting: Number.POSITIVE_INFINITY })

  constructor(bus: Bus, chat: Pick<Chat, 'accounts' | 'conversations'>) {
    this.#bus = bus
    this.#chat = chat
  }

  /** The listener must not throw. */
  follow(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    let isOver = false
    const unsubscribe = this.#bus.subscribe(accountTopic(accountId), listener, async (why) => {
      while (!isOver) {
        const review = await this.#review(accountId, why === 'resumed')
        if (review && !isOver) listener(review)
        if (review) return
        await setTimeout(RETRY_MS, undefined, { ref: false })
      }
    })
    return () => {
      isOver = true
      unsubscribe()
    }
  }

  /** Undefined when the database is away. */
  #review(accountId: AccountId, isAfterOutage: boolean): Promise<AccountReview | undefined> {
    const { accounts, conversations } = this.#chat
    return this.#lane.run(async () => {
      try {
        const [account, ids] = await Promise.all([accounts.find(accountId), conversations.idsOf(accountId)])
        const { credentialsSince } = account ?? {}
        const conversationIds = new Set(ids)
        return { type: 'account.reviewed', accountId, credentialsSince, conversationIds, isAfterOutage }
      } catch {
        // Its port tells of that; the review waits until it is back.
        return undefined
      }
    })
  }
}
