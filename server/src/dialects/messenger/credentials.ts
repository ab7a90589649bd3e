import { type Account, type AccountId, type Chat, toAccountId } from '../../core/chat.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Claims, Tokens } from '../../lib/token.ts'
import { notAuthorized } from './errors.ts'

/** The dialect's promise: 120 minutes. */
const TTL_SECONDS = 7200

const BEARER = /^bearer (\S+)$/i
const ACCOUNT_ID = /^[1-9]\d*$/

/** Bearer tokens: what `register` and `login` hand out and every other endpoint asks for. */
export class Credentials {
  readonly #accounts: Chat['accounts']
  readonly #tokens: Tokens

  constructor(accounts: Chat['accounts'], tokenKey: string, clock: Clock) {
    this.#accounts = accounts
    this.#tokens = new Tokens(tokenKey, clock)
  }

  issue(account: Account): string {
    const expiresAt = this.#accounts.tokenTimes.issue(account) + TTL_SECONDS
    return this.#tokens.issue({ sub: String(account.accountId) }, expiresAt)
  }

  /** The account an `Authorization` header speaks for. Throws the 401 for every other. */
  async authenticate(header: string | undefined, address: string): Promise<Account> {
    const token = BEARER.exec(header ?? '')?.[1]
    const verdict = token === undefined ? undefined : this.#tokens.verify(token)
    const claims = verdict?.ok ? readClaims(verdict.claims) : undefined
    const account = claims && (await this.#accounts.find(claims.accountId))
    if (!account || this.#accounts.tokenTimes.isVoid(claims.issuedAt, account)) throw notAuthorized()
    this.#accounts.noteProof(address)
    return account
  }
}

function readClaims({ sub, exp }: Claims): { accountId: AccountId; issuedAt: number } | undefined {
  if (typeof sub !== 'string' || !ACCOUNT_ID.test(sub) || typeof exp !== 'number') return undefined
  return { accountId: toAccountId(Number(sub)), issuedAt: exp - TTL_SECONDS }
}
