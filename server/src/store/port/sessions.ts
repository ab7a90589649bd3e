import type { AccountId, SessionDetails, SessionId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Opaque credentials, stored as digests. `kind` keeps those of one dialect from opening another. */
export interface SessionStore {
  /**
   * At most `max` per account and kind: the least recently used go. Refuses 'unknown_account', 'wrong_credentials' (the
   * account's `credentialsSince` is not the one that is given).
   */
  open(session: NewSession): Promise<OpenedSession>
  find(kind: string, digest: string): Promise<SessionDetails | undefined>
  /** The account's own of that kind that expire after `at`, last use first. */
  list(accountId: AccountId, kind: string, at: Micros): Promise<readonly SessionDetails[]>
  /** Those of all kinds, in no particular order. */
  idsOf(accountId: AccountId, at: Micros): Promise<readonly SessionId[]>
  /** Undefined if it is gone, or another account's. */
  touch(accountId: AccountId, sessionId: SessionId, use: SessionUse): Promise<SessionKey | undefined>
  /** Undefined if it is gone, or another account's. */
  end(accountId: AccountId, sessionId: SessionId): Promise<SessionKey | undefined>
}

export interface NewSession {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  readonly kind: string
  readonly digest: string
  readonly device: string | null
  readonly address: string | null
  /** As it was when the account proved itself: a revocation since then refuses. Unchecked if absent. */
  readonly credentialsSince?: Micros
  readonly at: Micros
  readonly expiresAt: Micros
  readonly max: number
}

export interface OpenedSession {
  /** Those that were one too many. */
  readonly ended: readonly SessionId[]
}

export interface SessionUse {
  readonly at: Micros
  readonly expiresAt: Micros
}

/** A session that outlives the revocation of all others, with a use of it. */
export interface KeptSession extends SessionUse {
  readonly sessionId: SessionId
}

export interface SessionKey {
  readonly kind: string
  readonly digest: string
}
