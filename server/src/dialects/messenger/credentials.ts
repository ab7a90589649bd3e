import { type Account, type Chat, toAccountId } from '../../core/chat.ts'
import type { Clock } from '../../lib/clock.ts'
import { AccountTokens } from '../account-tokens.ts'
import { notAuthorized } from './errors.ts'

/** The dialect's promise: 120 minutes. */
const TTL_SECONDS = 7200

const BEARER = /^bearer (\S+)$/i
const ACCOUNT_ID = /^[1-9]\d*$/

/** Bearer tokens: what `register` and `login` hand out and every other endpoint asks for. */
export class Credentials {
  readonly #chat: Chat
  readonly #tokens: AccountTokens

  constructor(chat: Chat, tokenKey: string, clock: Clock) {
    const { credentials } = chat
    this.#chat = chat
    this.#tokens = new AccountTokens({ key: tokenKey, lifeSeconds: TTL_SECONDS, credentials, clock })
  }

  issue(account: Account): string {
    return this.#tokens.issue(account, { sub: String(account.accountId) })
  }

  /** The account an `Authorization` header speaks for. Throws the 401 for every other. */
  async authenticate(header: string | undefined, address: string): Promise<Account> {
    const token = BEARER.exec(header ?? '')?.[1]
    const verdict = token === undefined ? undefined : this.#tokens.verify(token)
    const sub = verdict?.ok ? verdict.claims.sub : undefined
    if (!verdict?.ok || typeof sub !== 'string' || !ACCOUNT_ID.test(sub)) throw notAuthorized()
    const account = await this.#chat.accounts.find(toAccountId(Number(sub)))
    if (!account || this.#tokens.isVoid(verdict, account)) throw notAuthorized()
    this.#chat.credentials.noteProof(address)
    return account
  }
}
