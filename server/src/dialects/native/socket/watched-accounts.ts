import { type AccountId, type Chat, isStoreFailure } from '../../../core/chat.ts'
import type { Feeds } from '../../../delivery/index.ts'
import { owned } from '../../../lib/guard.ts'
import type { WsConnection } from '../../../transport/index.ts'
import { presenceFrame } from './frames.ts'

interface WatchedAccountsParts {
  readonly chat: Pick<Chat, 'presence'>
  readonly feeds: Pick<Feeds, 'signals'>
}

interface Watcher {
  readonly accountId: AccountId
  readonly ws: WsConnection
}

interface Watched {
  readonly unfollow: () => void
  /** As it was told; undefined before that. */
  isOnline: boolean | undefined
}

/** The accounts of which one connection is told whether they are online. */
export class WatchedAccounts {
  readonly #parts: WatchedAccountsParts
  readonly #watcher: Watcher
  readonly #watched = new Map<AccountId, Watched>()
  /** Those of whom something may have changed. */
  readonly #doubtful = new Set<AccountId>()
  #isLooking = false

  constructor(parts: WatchedAccountsParts, watcher: Watcher) {
    this.#parts = parts
    this.#watcher = watcher
  }

  /** Replaces those before. Each new one is told at once. */
  async choose(wanted: ReadonlySet<AccountId>): Promise<void> {
    for (const [accountId, { unfollow }] of this.#watched) {
      if (wanted.has(accountId)) continue
      unfollow()
      this.#watched.delete(accountId)
    }
    for (const accountId of wanted) {
      if (this.#watched.has(accountId)) continue
      this.#watched.set(accountId, { unfollow: this.#follow(accountId), isOnline: undefined })
      this.#doubtful.add(accountId)
    }
    await this.#look()
  }

  end(): void {
    for (const { unfollow } of this.#watched.values()) unfollow()
    this.#watched.clear()
  }

  #follow(accountId: AccountId): () => void {
    return this.#parts.feeds.signals.followPresence(accountId, ({ viewerId }) => {
      if (viewerId !== undefined && viewerId !== this.#watcher.accountId) return
      this.#doubtful.add(accountId)
      owned('task', this.#look(), this.#watcher.ws)
    })
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      while (this.#doubtful.size > 0) await this.#tell([...this.#doubtful])
    } catch (error) {
      // Passing news: the next sign of the account tells it.
      if (!isStoreFailure(error)) throw error
    } finally {
      this.#isLooking = false
    }
  }

  async #tell(accountIds: readonly AccountId[]): Promise<void> {
    this.#doubtful.clear()
    const { accountId: viewerId, ws } = this.#watcher
    const online = await this.#parts.chat.presence.seenAmong(viewerId, accountIds)
    for (const accountId of accountIds) {
      const watched = this.#watched.get(accountId)
      const isOnline = online.has(accountId)
      if (!watched || watched.isOnline === isOnline) continue
      watched.isOnline = isOnline
      ws.sendFrame(presenceFrame(accountId, isOnline))
    }
  }
}
