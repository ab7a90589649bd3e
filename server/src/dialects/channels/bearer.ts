import { type Account, type Chat, toAccountId } from '../../core/chat.ts'
import type { Clock, Micros } from '../../lib/clock.ts'
import { deriveKey } from '../../lib/derive-key.ts'
import { newUuid } from '../../lib/ids.ts'
import { AccountTokens } from '../account-tokens.ts'
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
  readonly chat: Chat
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
  readonly #tokens: AccountTokens
  readonly #accounts: Chat['accounts']

  constructor({ key, ttlSeconds, chat, clock }: BearerOptions) {
    const { accounts, credentials } = chat
    // The lifetime is part of the key: `exp` minus it is when a token was issued, so one that was made
    // with another lifetime must not be read with this one.
    const ownKey = deriveKey(key, `lifetime:${ttlSeconds}`)
    this.#tokens = new AccountTokens({ key: ownKey, lifeSeconds: ttlSeconds, credentials, clock })
    this.#accounts = accounts
  }

  issue(account: Account): string {
    return this.#tokens.issue(account, { sub: String(account.accountId), jti: newUuid() })
  }

  /** The account that an Authorization header speaks for; refuses in the dialect's words. */
  async authenticate(header: string | undefined): Promise<Bearer> {
    if (!header) throw new Refusal(TOKEN_MISSING)
    const token = HEADER.exec(header)?.[1]
    if (token === undefined) throw new Refusal(TOKEN_MALFORMED)
    const verdict = this.#tokens.verify(token)
    if (!verdict.ok) throw new Refusal(verdict.why === 'expired' ? TOKEN_EXPIRED : TOKEN_INVALID)
    const { sub } = verdict.claims
    if (typeof sub !== 'string' || !SUBJECT.test(sub)) throw new Refusal(TOKEN_INVALID)
    const account = await this.#accounts.find(toAccountId(Number(sub)))
    if (!account || this.#tokens.isVoid(verdict, account)) throw new Refusal(TOKEN_REVOKED)
    return { account, tokenExpiresAt: verdict.expiresAt }
  }
}
