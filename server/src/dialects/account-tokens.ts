import type { Account, Chat } from '../core/chat.ts'
import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import { type Claims, Tokens, type Verdict } from '../lib/token.ts'

interface AccountTokensOptions {
  readonly key: string
  readonly lifeSeconds: number
  readonly credentials: Pick<Chat['credentials'], 'tokenTimes'>
  readonly clock: Clock
}

/**
 * Issues and judges a dialect's stateless tokens. The claims that the dialects document have no time of issue. It is
 * the expiry minus the lifetime, which is the same for all tokens of a key.
 */
export class AccountTokens {
  readonly #tokens: Tokens
  readonly #times: Chat['credentials']['tokenTimes']
  readonly #lifeSeconds: number

  constructor({ key, lifeSeconds, credentials, clock }: AccountTokensOptions) {
    this.#tokens = new Tokens(key, clock)
    this.#times = credentials.tokenTimes
    this.#lifeSeconds = lifeSeconds
  }

  /** `claims` without the expiry. */
  issue(account: Account, claims: Claims): string {
    return this.#tokens.issue(claims, this.#times.issue(account) + this.#lifeSeconds)
  }

  verify(token: string): Verdict {
    return this.#tokens.verify(token)
  }

  /** Whether the account was revoked after the token had been issued. */
  isVoid({ expiresAt }: Extract<Verdict, { ok: true }>, account: Account): boolean {
    return this.#times.isVoid(expiresAt / MICROS_PER_SECOND - this.#lifeSeconds, account)
  }
}
