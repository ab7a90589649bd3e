import type { Account, Accounts } from '../../core/chat.ts'
import { type Clock, MICROS_PER_SECOND, type Micros } from '../../lib/clock.ts'
import { isCleanText } from '../../lib/text.ts'
import { Tokens } from '../../lib/token.ts'
import { parseCookie } from './wire.ts'

export const TOKEN_TTL_SECONDS = 3600

/** The sender of a request: its Cookie header, and its address as limits count it. */
export interface Caller {
  readonly cookies: string | undefined
  readonly address: string
}

/** Whom a request's cookie speaks for. */
type Identity = { readonly kind: 'account'; readonly account: Account; readonly expiresAt: Micros } | Stranger

export type Stranger =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid' }
  /** A valid token, but nobody of that name (any more). */
  | { readonly kind: 'gone'; readonly username: string }

/** Issues and checks login tokens: JWTs whose claims are exactly `username` and `exp`. */
export class Credentials {
  readonly #tokens: Tokens
  readonly #accounts: Accounts

  constructor(jwtSecret: string, accounts: Accounts, clock: Clock) {
    this.#tokens = new Tokens(jwtSecret, clock)
    this.#accounts = accounts
  }

  issue(account: Account): string {
    const { username } = account
    return this.#tokens.issue({ username }, this.#accounts.tokenTimes.issue(account) + TOKEN_TTL_SECONDS)
  }

  async identify({ cookies, address }: Caller): Promise<Identity> {
    const token = parseCookie(cookies)
    if (token === undefined) return { kind: 'missing' }
    const verdict = this.#tokens.verify(token)
    if (!verdict.ok) return { kind: 'invalid' }
    const { username, exp } = verdict.claims
    if (typeof username !== 'string' || typeof exp !== 'number') return { kind: 'invalid' }
    const account = isCleanText(username) ? await this.#accounts.findByUsername(username) : undefined
    if (!account) return { kind: 'gone', username }
    // The token has no time of issue, but `exp` tells it to the second.
    if (this.#accounts.tokenTimes.isVoid(exp - TOKEN_TTL_SECONDS, account)) return { kind: 'invalid' }
    this.#accounts.noteProof(address)
    return { kind: 'account', account, expiresAt: exp * MICROS_PER_SECOND }
  }
}
