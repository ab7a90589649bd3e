import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Opaque credentials, stored as digests. `kind` keeps those of one dialect from opening another. */
export interface SessionStore {
  /** At most `max` per account and kind: the least recently used go. Refuses 'unknown_account'. */
  open(session: NewSession): Promise<void>
  find(kind: string, digest: string): Promise<Session | undefined>
  touch(kind: string, digest: string, use: { at: Micros; expiresAt: Micros }): Promise<void>
}

export interface Session {
  readonly accountId: AccountId
  readonly lastUsedAt: Micros
  readonly expiresAt: Micros
}

export interface NewSession {
  readonly accountId: AccountId
  readonly kind: string
  readonly digest: string
  readonly at: Micros
  readonly expiresAt: Micros
  readonly max: number
}
