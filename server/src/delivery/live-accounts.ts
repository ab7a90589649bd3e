import type { AccountId, Chat } from '../core/chat.ts'
import type { AccountNews } from './account-feeds.ts'
import type { Audiences } from './audiences.ts'
import type { Feeds } from './feeds.ts'
import type { Frame } from './frame.ts'

export interface LiveAccountsParts {
  readonly chat: Pick<Chat, 'accounts' | 'presence' | 'conversations' | 'changes' | 'sessions'>
  readonly feeds: Feeds
  /** Absent where connections hear conversations in another way. */
  readonly audiences?: Audiences
  /** The account's news in the dialect's bytes; undefined when the dialect has no word for it. */
  readonly renderNews?: (news: AccountNews) => Frame | undefined
  /** A review has failed, for which nobody waits: that of the connection with this id. */
  readonly onError: (error: unknown, requestId: string | undefined) => void
}

/** One connection of an account. */
interface Follower {
  readonly accountId: AccountId
  /** `frame` is the news in the dialect's bytes, if it has a word for it. */
  receive(news: AccountNews, frame: Frame | undefined): void
}

/** An account and its connections: mostly one, and a set of one takes 200 bytes more. */
interface Followed {
  live: Follower | Set<Follower>
  readonly unsubscribe: () => void
}

/** The accounts behind a dialect's connections on this node. Each is followed once, however many connections it has. */
export class LiveAccounts {
  readonly parts: LiveAccountsParts
  readonly #followed = new Map<AccountId, Followed>()
  /** One function for all accounts: one for each would take 100 bytes. */
  readonly #listener = (news: AccountNews): void => this.#receive(news)

  constructor(parts: LiveAccountsParts) {
    this.parts = parts
  }

  /** From now on the account's news reaches it. */
  add(live: Follower): void {
    const { accountId } = live
    const known = this.#followed.get(accountId)
    if (!known)
      this.#followed.set(accountId, {
        live,
        unsubscribe: this.parts.feeds.followAccount(accountId, this.#listener),
      })
    else if (known.live instanceof Set) known.live.add(live)
    else known.live = new Set([known.live, live])
  }

  /** Nothing happens if it is not there. */
  remove(live: Follower): void {
    const known = this.#followed.get(live.accountId)
    if (!known) return
    const isLast =
      known.live instanceof Set ? known.live.delete(live) && known.live.size === 0 : known.live === live
    if (!isLast) return
    this.#followed.delete(live.accountId)
    known.unsubscribe()
  }

  #receive(news: AccountNews): void {
    const known = this.#followed.get(news.accountId)
    if (!known) return
    const frame = this.parts.renderNews?.(news)
    if (!(known.live instanceof Set)) known.live.receive(news, frame)
    else for (const live of known.live) live.receive(news, frame)
  }
}
