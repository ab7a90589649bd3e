import type { Account, Chat, SessionId } from '../core/chat.ts'
import type { Micros } from '../lib/clock.ts'
import type { AccountNews, AccountReview } from './account-feeds.ts'

/**
 * The proof of an account that one connection rests on: a session or a token. A session decides alone, since it may be
 * the one that a revocation has kept. A token is from after the account's `credentialsSince`.
 */
export class LiveCredentials {
  readonly #sessionId: SessionId | undefined
  #credentialsSince: Micros
  /** On the steady clock, in milliseconds: the session was alive after this. */
  #aliveAfter = Number.POSITIVE_INFINITY

  /** `credentialsSince` is as it was when the account proved itself. */
  constructor(credentialsSince: Micros, sessionId: SessionId | undefined) {
    this.#credentialsSince = credentialsSince
    this.#sessionId = sessionId
  }

  /** Whether they still hold. `account` has just been read. */
  async hold(account: Account | undefined, { sessions }: Pick<Chat, 'sessions'>): Promise<boolean> {
    if (!account) return false
    if (this.#sessionId === undefined) return account.credentialsSince === this.#credentialsSince
    const aliveAfter = performance.now()
    // Read after the account: a session is not there any more if a revocation has ended it that the account shows.
    const alive = await sessions.idsOf(account.accountId)
    if (!alive.has(this.#sessionId)) return false
    this.#aliveAfter = aliveAfter
    this.#renew(account.credentialsSince)
    return true
  }

  areVoidedBy(news: AccountNews): boolean {
    if (news.type === 'session.ended') return news.sessionId === this.#sessionId
    if (news.type === 'account.reviewed') return this.#areVoidedByReview(news)
    if (news.type !== 'account.revoked') return false
    if (news.keptSessionId === undefined || news.keptSessionId !== this.#sessionId)
      return this.#credentialsSince < news.credentialsSince
    this.#renew(news.credentialsSince)
    return false
  }

  /** A review may be older than the credentials, which it then does not know. */
  #areVoidedByReview({ credentialsSince, sessionIds, readSince }: AccountReview): boolean {
    if (credentialsSince === undefined) return true
    if (this.#sessionId === undefined) return this.#credentialsSince < credentialsSince
    // Not checked yet, or checked later than this was read.
    if (readSince < this.#aliveAfter) return false
    if (!sessionIds.has(this.#sessionId)) return true
    this.#renew(credentialsSince)
    return false
  }

  /** The session was kept by the revocation of that time. */
  #renew(credentialsSince: Micros): void {
    this.#credentialsSince = Math.max(this.#credentialsSince, credentialsSince)
  }
}
