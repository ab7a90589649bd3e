import type { Account, Chat } from '../../core/chat.ts'
import type { Clock, Micros } from '../../lib/clock.ts'
import { isCleanText } from '../../lib/text.ts'
import { AccountTokens } from '../account-tokens.ts'
import { parseCookie } from './wire.ts'

export const TOKEN_TTL_SECONDS = 3600

/** The sender of a request: its Cookie header, and its address as limits count it. */
export interface Caller {
  readonly cookies: string | undefined
  readonly address: string
}

/** The account that a request's cookie speaks for, or the reason why it speaks for none. */
type Identity = { readonly kind: 'account'; readonly account: Account; readonly expiresAt: Micros } | Stranger

export type Stranger =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid' }
  /** A valid token, but nobody of that name (any more). */
  | { readonly kind: 'gone'; readonly username: string }

/** Issues and checks login tokens: JWTs whose claims are exactly `username` and `exp`. */
export class Credentials {
  readonly #tokens: AccountTokens
  readonly #chat: Chat

  constructor(jwtSecret: string, chat: Chat, clock: Clock) {
    const { credentials } = chat
    this.#tokens = new AccountTokens({ key: jwtSecret, lifeSeconds: TOKEN_TTL_SECONDS, credentials, clock })
    this.#chat = chat
  }

  issue(account: Account): string {
    return this.#tokens.issue(account, { username: account.username })
  }

  async identify({ cookies, address }: Caller): Promise<Identity> {
    const token = parseCookie(cookies)
    if (token === undefined) return { kind: 'missing' }
    const verdict = this.#tokens.verify(token)
    if (!verdict.ok) return { kind: 'invalid' }
    const { username } = verdict.claims
    if (typeof username !== 'string') return { kind: 'invalid' }
    const account = isCleanText(username) ? await this.#chat.accounts.findByUsername(username) : undefined
    if (!account) return { kind: 'gone', username }
    if (this.#tokens.isVoid(verdict, account)) return { kind: 'invalid' }
    this.#chat.credentials.noteProof(address)
    return { kind: 'account', account, expiresAt: verdict.expiresAt }
  }
}
