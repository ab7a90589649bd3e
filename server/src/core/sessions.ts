import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import { digest, newSecretUuid } from '../lib/ids.ts'
import type { SessionStore } from '../store/store.ts'
import type { Accounts } from './accounts.ts'
import type { Account, AccountId } from './types.ts'

/** A session lives this long from its last use. */
const SESSION_TTL: Micros = 30 * 24 * 3600 * MICROS_PER_SECOND
/** Sessions of one account and kind; one more ends the least recently used. */
const MAX_SESSIONS = 20
// A session in steady use is written once an hour, not once a request.
const TOUCH_EVERY: Micros = 3600 * MICROS_PER_SECOND

/** Logins proved by an opaque secret. Only its digest is stored. */
export class Sessions {
  readonly #store: SessionStore
  readonly #accounts: Accounts
  readonly #clock: Clock

  constructor(store: SessionStore, accounts: Accounts, clock: Clock) {
    this.#store = store
    this.#accounts = accounts
    this.#clock = clock
  }

  /** Answers the secret, which is told once: 128 random bits in uuid form. `kind` is where it will be valid. */
  async open(accountId: AccountId, kind: string): Promise<string> {
    const secret = newSecretUuid()
    const at = this.#clock.nowMicros()
    await this.#store.open({
      accountId,
      kind,
      digest: digest(secret),
      at,
      expiresAt: at + SESSION_TTL,
      max: MAX_SESSIONS,
    })
    return secret
  }

  /** The account the secret speaks for; undefined when it is unknown, expired, revoked or of another kind. */
  async authenticate(secret: string, kind: string): Promise<Account | undefined> {
    const key = digest(secret)
    const session = await this.#store.find(kind, key)
    const at = this.#clock.nowMicros()
    if (!session || session.expiresAt <= at) return undefined
    const account = await this.#accounts.find(session.accountId)
    if (account && session.lastUsedAt + TOUCH_EVERY < at) {
      await this.#store.touch(kind, key, { at, expiresAt: at + SESSION_TTL })
    }
    return account
  }
}
