import { type Account, type Accounts, toAccountId } from '../../core/chat.ts'
import { type Clock, MICROS_PER_SECOND, type Micros } from '../../lib/clock.ts'
import { newUuid } from '../../lib/ids.ts'
import { type Claims, deriveKey, Tokens } from '../../lib/token.ts'
import {
  Refusal,
  TOKEN_EXPIRED,
  TOKEN_INVALID,
  TOKEN_MALFORMED,
  TOKEN_MISSING,
  TOKEN_REVOKED,
} from './errors.ts'

interface BearerOptions {
  readonly key: string
  readonly ttlSeconds: number
  readonly accounts: Accounts
  readonly clock: Clock
}

const HEADER = /^Bearer +(\S+) *$/i
const SUBJECT = /^[1-9]\d{0,15}$/

/** The account that a token proves, and the time when the token expires. */
export interface Bearer {
  readonly account: Account
  readonly tokenExpiresAt: Micros
}

/** Issues and checks the tokens of log-ins: JWTs whose claims are exactly `sub`, `jti` and `exp`. */
export class BearerTokens {
  readonly #tokens: Tokens
  readonly #ttlSeconds: number
  readonly #accounts: Accounts

  constructor({ key, ttlSeconds, accounts, clock }: BearerOptions) {
    // The lifetime is part of the key: `exp` minus it is when a token was issued, so one that was made
    // with another lifetime must not be read with this one.
    this.#tokens = new Tokens(deriveKey(key, `lifetime:${ttlSeconds}`), clock)
    this.#ttlSeconds = ttlSeconds
    this.#accounts = accounts
  }

  issue(account: Account): string {
    const expiresAt = this.#accounts.tokenTimes.issue(account) + this.#ttlSeconds
    return this.#tokens.issue({ sub: String(account.accountId), jti: newUuid() }, expiresAt)
  }

  /** The account that an Authorization header speaks for; refuses in the dialect's words. */
  async authenticate(header: string | undefined): Promise<Bearer> {
    if (!header) throw new Refusal(TOKEN_MISSING)
    const token = HEADER.exec(header)?.[1]
    if (token === undefined) throw new Refusal(TOKEN_MALFORMED)
    const verdict = this.#tokens.verify(token)
    if (!verdict.ok) throw new Refusal(verdict.why === 'expired' ? TOKEN_EXPIRED : TOKEN_INVALID)
    const { subject, expiresAt } = parseClaims(verdict.claims)
    const account = await this.#accounts.find(toAccountId(subject))
    if (!account || this.#accounts.tokenTimes.isVoid(expiresAt - this.#ttlSeconds, account))
      throw new Refusal(TOKEN_REVOKED)
    return { account, tokenExpiresAt: expiresAt * MICROS_PER_SECOND }
  }
}

function parseClaims({ sub, exp }: Claims): { subject: number; expiresAt: number } {
  if (typeof sub !== 'string' || !SUBJECT.test(sub) || typeof exp !== 'number')
    throw new Refusal(TOKEN_INVALID)
  return { subject: Number(sub), expiresAt: exp }
}
