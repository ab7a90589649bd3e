import type { Bus } from '../bus/bus.ts'
import type { Clock, Micros } from '../lib/clock.ts'
import { nameKey } from '../lib/name-forms.ts'
import type { Passwords } from '../lib/password.ts'
import type { AccountStore, KeptSession } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { accountTopic } from './events.ts'
import { type PasswordPolicy, requireStrong } from './password-policy.ts'
import { type Attempt, PasswordProofs } from './password-proofs.ts'
import { isActive } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import { keptAt } from './session-life.ts'
import { TokenTimes } from './token-times.ts'
import type { Account, AccountId, SessionId } from './types.ts'

interface SignIn {
  readonly login: string
  readonly password: string
  readonly by: 'username' | 'username or email'
  /** The network that the attempt comes from: each has its turn, however many attempts another makes. */
  readonly from?: string
  /** As in a registration. */
  readonly isFromMd5Client?: boolean
}

interface OwnPasswordChange {
  readonly current: string
  readonly next: string
  readonly from?: string
  /** The session that the account has asked through. */
  readonly keep?: SessionId
}

interface CredentialsParts {
  readonly store: AccountStore
  readonly bus: Bus
  readonly clock: Clock
  readonly passwords: Passwords
  readonly passwordPolicy?: PasswordPolicy | undefined
}

/** How accounts prove who they are, and how that ends. */
export class Credentials {
  readonly #store: AccountStore
  readonly #bus: Bus
  readonly tokenTimes: TokenTimes
  readonly #clock: Clock
  readonly #passwords: PasswordProofs
  readonly #requireAllowed: PasswordPolicy
  /** Log-ins of this process that were refused, for a wrong name or a wrong password. */
  refusedSignIns = 0

  constructor({ store, bus, clock, passwords, passwordPolicy = () => {} }: CredentialsParts) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
    this.tokenTimes = new TokenTimes(clock)
    this.#passwords = new PasswordProofs(passwords, clock)
    this.#requireAllowed = passwordPolicy
  }

  /** Passwords that wait to be hashed. */
  get waitingHashes(): number {
    return this.#passwords.waiting
  }

  /** The hash of a password that somebody wants to set. Refuses 'password_refused', 'busy'. */
  async hash(password: string, attempt?: Attempt): Promise<string> {
    this.#requireAllowed(password)
    return this.#passwords.hash(password, attempt)
  }

  /**
   * Refuses 'wrong_credentials', the same and after the same time whether the name or the password is
   * wrong; 'busy'. A name that is someone's username is never taken for another's email.
   */
  async authenticate({ login, password, by, from, isFromMd5Client = false }: SignIn): Promise<Account> {
    const account = await this.#findByLogin(login, by)
    const hash = account?.passwordHash ?? undefined
    const attempt = { from, isFromMd5Client }
    const proof = await this.#passwords.prove(password, hash, attempt)
    if (!account || hash === undefined || proof === 'refused' || !isActive(account)) {
      this.refusedSignIns++
      throw new ChatError('wrong_credentials')
    }
    if (proof === 'outdated') {
      const renewing = this.#passwords.hash(password, attempt)
      await this.#renewHash(account.accountId, hash, renewing)
    }
    if (from !== undefined) this.noteProof(from)
    return account
  }

  /** Notes that an account proved itself: for 30 days, log-ins from that network do not wait for strangers'. */
  noteProof(from: string): void {
    this.#passwords.note(from)
  }

  /**
   * Logs the account out everywhere but of the kept session: the others and all tokens are void, live connections close.
   * Refuses 'wrong_credentials' if that is not one of the account's that live.
   */
  async revoke(accountId: AccountId, keep?: SessionId): Promise<void> {
    await this.#revoke(accountId, false, keep)
  }

  /** As `revoke`, and no credential will be accepted again. */
  async disable(accountId: AccountId): Promise<void> {
    await this.#revoke(accountId, true)
  }

  /** Lets a disabled account log in again, with the password that it had. */
  enable(accountId: AccountId): Promise<void> {
    return this.#store.enable(accountId)
  }

  /** Replaces the password and logs the account out everywhere. Refuses 'busy'. */
  async setPassword(accountId: AccountId, password: string): Promise<void> {
    const passwordHash = await this.hash(password)
    const change = { passwordHash, at: this.tokenTimes.revocation() }
    await this.#tellRevoked(accountId, this.#store.setPassword(accountId, change))
  }

  /**
   * The account replaces its own password, and is logged out everywhere but of the kept session. Answers its new
   * `credentialsSince`. Refuses 'wrong_credentials' (also if the kept session has ended), 'password_refused' whatever the
   * policy for others is, 'busy'.
   */
  async changePassword(
    accountId: AccountId,
    { current, next, from, keep }: OwnPasswordChange,
  ): Promise<Micros> {
    requireStrong(next)
    const old = await this.requirePassword(accountId, current, from)
    const passwordHash = await this.#passwords.hash(next, { from })
    const change = { passwordHash, old, at: this.tokenTimes.revocation(), ...this.#kept(keep) }
    return this.#tellRevoked(accountId, this.#store.setPassword(accountId, change), keep)
  }

  /** Answers the stored password that was proved. Refuses 'wrong_credentials', 'busy'. */
  async requirePassword(accountId: AccountId, password: string, from?: string): Promise<string> {
    const account = await this.#store.find(accountId)
    const hash = account?.passwordHash ?? undefined
    const proof = await this.#passwords.prove(password, hash, { from })
    if (!account || hash === undefined || proof === 'refused' || !isActive(account))
      throw new ChatError('wrong_credentials')
    return hash
  }

  /** The password as it is stored: a hash, or undefined where the account has none. */
  async storedPassword(accountId: AccountId): Promise<string | undefined> {
    return (await this.#store.find(accountId))?.passwordHash ?? undefined
  }

  async #findByLogin(login: string, by: SignIn['by']): Promise<Account | undefined> {
    const named = await this.#store.findByUsername(login)
    if (by === 'username' || (named && nameKey(named.username) === nameKey(login))) return named
    // A matching email address is nearer to the text than a username that merely looks alike.
    return (await this.#store.findByEmail(login)) ?? named
  }

  /** Renews an outdated hash, so that the password is proved however it is typed, and in any dialect. */
  async #renewHash(accountId: AccountId, old: string, renewing: Promise<string>): Promise<void> {
    try {
      const renewed = await renewing
      await this.#store.replaceHash(accountId, { old, renewed })
    } catch (error) {
      // The old hash still proves the same password, and the next log-in tries to renew it again.
      if (!(error instanceof ChatError)) throw error
    }
  }

  async #revoke(accountId: AccountId, disable: boolean, keep?: SessionId): Promise<void> {
    const change = { at: this.tokenTimes.revocation(), disable, ...this.#kept(keep) }
    await this.#tellRevoked(accountId, this.#store.revoke(accountId, change), keep)
  }

  #kept(sessionId: SessionId | undefined): { readonly keep?: KeptSession } {
    return sessionId === undefined ? {} : { keep: keptAt(sessionId, this.#clock.nowMicros()) }
  }

  #tellRevoked(accountId: AccountId, revoking: Promise<Micros>, keep?: SessionId): Promise<Micros> {
    const kept = keep === undefined ? {} : { keptSessionId: keep }
    return publishOnCommit(revoking, (credentialsSince) =>
      this.#bus.publish(accountTopic(accountId), {
        type: 'account.revoked',
        ...{ accountId, credentialsSince, ...kept },
      }),
    )
  }
}
