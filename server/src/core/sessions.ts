import type { Bus } from '../bus/bus.ts'
import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import { digest, newPublicId, newSecretUuid, newSessionToken } from '../lib/ids.ts'
import type { SessionStore } from '../store/store.ts'
import type { Accounts } from './accounts.ts'
import type { Credentials } from './credentials.ts'
import { accountTopic } from './events.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import { SESSION_TTL } from './session-life.ts'
import { type Account, type AccountId, type SessionDetails, type SessionId, toSessionId } from './types.ts'

/** Sessions of one account and kind that nobody lists; one more ends the least recently used. */
const MAX_SESSIONS = 20
/** Those that their account sees, and ends one by one. */
const MAX_DETAILED = 100
// A session in steady use is written once an hour, not once a request.
const TOUCH_EVERY: Micros = 3600 * MICROS_PER_SECOND
/** UTF-16 units of a device's name that are kept. */
const MAX_DEVICE = 200

interface DetailedLogIn {
  /** Its first 200 UTF-16 units are kept. */
  readonly device: string | null
  readonly address: string | null
  /** Makes the secret, of enough random bits that nobody guesses it: `plt_` and 256 by default. */
  readonly newSecret?: () => string
  /** The account's, as it was when the account proved itself: a revocation since then refuses the session. */
  readonly credentialsSince?: Micros
}

interface Opened {
  readonly secret: string
  readonly session: SessionDetails
}

interface Identified {
  readonly account: Account
  readonly session: SessionDetails
}

type LogIn = Required<Omit<DetailedLogIn, 'credentialsSince'>> & {
  readonly max: number
  readonly credentialsSince?: Micros
}

interface SessionsParts {
  readonly store: SessionStore
  readonly accounts: Accounts
  readonly credentials: Credentials
  readonly bus: Bus
  readonly clock: Clock
}

/**
 * Logins proved by an opaque secret. Only its digest is stored. Each lives 30 days from its last use, which is noted
 * once an hour.
 */
export class Sessions {
  readonly #store: SessionStore
  readonly #accounts: Accounts
  readonly #credentials: Credentials
  readonly #bus: Bus
  readonly #clock: Clock

  constructor({ store, accounts, credentials, bus, clock }: SessionsParts) {
    this.#store = store
    this.#accounts = accounts
    this.#credentials = credentials
    this.#bus = bus
    this.#clock = clock
  }

  /**
   * Answers the secret, which is told once: 128 random bits in uuid form. `kind` is where it will be valid. At most 20 of
   * an account and kind live: the least recently used goes. Refuses 'unknown_account'.
   */
  async open(accountId: AccountId, kind: string): Promise<string> {
    const plain = { device: null, address: null, newSecret: newSecretUuid, max: MAX_SESSIONS }
    return (await this.#open(accountId, kind, plain)).secret
  }

  /**
   * As `open`, for sessions that their account lists. At most 100 of an account and kind live. Refuses 'unknown_account',
   * 'wrong_credentials' (the account has been logged out everywhere since `credentialsSince`).
   */
  openDetailed(accountId: AccountId, kind: string, logIn: DetailedLogIn): Promise<Opened> {
    return this.#open(accountId, kind, { newSecret: newSessionToken, ...logIn, max: MAX_DETAILED })
  }

  /** The account the secret speaks for; undefined when it is unknown, expired, revoked or of another kind. */
  async authenticate(secret: string, kind: string): Promise<Account | undefined> {
    return (await this.identify(secret, kind))?.account
  }

  /** As `authenticate`, with the session that it is. */
  async identify(secret: string, kind: string): Promise<Identified | undefined> {
    const session = await this.#store.find(kind, digest(secret))
    const at = this.#clock.nowMicros()
    if (!session || session.expiresAt <= at) return undefined
    const account = await this.#accounts.find(session.accountId)
    return account && { account, session: await this.#used(session, at) }
  }

  /** For what uses a session for hours without another look at its secret, such as a connection: to be called once an hour. */
  async noteUse(accountId: AccountId, sessionId: SessionId): Promise<void> {
    const at = this.#clock.nowMicros()
    await this.#store.touch(accountId, sessionId, { at, expiresAt: at + SESSION_TTL })
  }

  /** The account's live ones of that kind, last use first. */
  list(accountId: AccountId, kind: string): Promise<readonly SessionDetails[]> {
    return this.#store.list(accountId, kind, this.#clock.nowMicros())
  }

  /** The ids of the account's live ones, of all kinds. */
  async idsOf(accountId: AccountId): Promise<ReadonlySet<SessionId>> {
    return new Set(await this.#store.idsOf(accountId, this.#clock.nowMicros()))
  }

  /**
   * Live connections that rest on it close, on every node. Nothing of another account's is changed. One that is gone may be
   * ended again: whoever got no answer does not know whether its connections were told.
   */
  async end(accountId: AccountId, sessionId: SessionId): Promise<void> {
    await publishOnCommit(this.#store.end(accountId, sessionId), () => this.#tellEnded(accountId, sessionId))
  }

  /**
   * As `Credentials.revoke`, but keeps that one session, as used now, and the live connections that rest on it.
   * Refuses 'wrong_credentials' if it has ended meanwhile: whoever holds it may not end the others any more.
   */
  async endOthers(accountId: AccountId, keep: SessionId): Promise<void> {
    await this.#credentials.revoke(accountId, keep)
  }

  async #open(accountId: AccountId, kind: string, { newSecret, max, ...logIn }: LogIn): Promise<Opened> {
    const { address, credentialsSince } = logIn
    const secret = newSecret()
    const at = this.#clock.nowMicros()
    const session = {
      sessionId: toSessionId(newPublicId()),
      accountId,
      device: logIn.device === null ? null : readable(logIn.device),
      address,
      expiresAt: at + SESSION_TTL,
    }
    const proof = credentialsSince === undefined ? {} : { credentialsSince }
    const opening = this.#store.open({ ...session, ...proof, kind, digest: digest(secret), at, max })
    await publishOnCommit(opening, ({ ended }) => {
      for (const sessionId of ended) this.#tellEnded(accountId, sessionId)
    })
    return { secret, session: { ...session, createdAt: at, lastUsedAt: at } }
  }

  /** The session after this use of it. */
  async #used(session: SessionDetails, at: Micros): Promise<SessionDetails> {
    if (session.lastUsedAt + TOUCH_EVERY >= at) return session
    const expiresAt = at + SESSION_TTL
    await this.#store.touch(session.accountId, session.sessionId, { at, expiresAt })
    return { ...session, lastUsedAt: at, expiresAt }
  }

  #tellEnded(accountId: AccountId, sessionId: SessionId): void {
    this.#bus.publish(accountTopic(accountId), { type: 'session.ended', accountId, sessionId })
  }
}

/** The text as a store can keep it and people can read it: a client may send anything. */
const readable = (text: string): string | null =>
  text
    .slice(0, MAX_DEVICE)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim() || null
