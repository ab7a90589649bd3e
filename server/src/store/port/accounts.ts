import type { Account, AccountId, SessionId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Numbered } from './account-state.ts'
import type { KeptSession } from './sessions.ts'

export interface NewAccount {
  readonly uuid: string
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  /** Null makes a guest. */
  readonly passwordHash: string | null
  readonly at: Micros
}

export type AccountName = Pick<Account, 'accountId' | 'username'>

export interface AccountSearch {
  readonly prefix: string
  /** The place of the last one that was looked at before; null for the first page. */
  readonly after: FoundPlace | null
  /** Accounts to look at. */
  readonly limit: number
}

/** The name, as names are compared, by which an account was found, and its id. */
export interface FoundPlace {
  readonly key: string
  readonly accountId: AccountId
}

export interface AccountsFound {
  readonly items: readonly Account[]
  /** Where the next page begins; null when nothing is left to look at. */
  readonly next: FoundPlace | null
}

export interface AccountStore {
  /** Refuses 'name_taken', 'email_taken'; details.fields names all of them. A name may not be another's email, nor the reverse. */
  create(account: NewAccount): Promise<Account>
  find(accountId: AccountId): Promise<Account | undefined>
  findByUsername(username: string): Promise<Account | undefined>
  findByEmail(email: string): Promise<Account | undefined>
  /** The accounts that exist, in no particular order. */
  findMany(accountIds: readonly AccountId[]): Promise<readonly Account[]>
  /** Ordered by id; leaves out guests, disabled accounts and those that have blocked the viewer. */
  listNames(viewerId: AccountId, page: { after: number; limit: number }): Promise<readonly AccountName[]>
  /**
   * The accounts whose username or display name begins so, by the name that does; leaves out those that `listNames`
   * leaves out. Looks at `limit` at most, and so may find fewer while there are more.
   */
  search(viewerId: AccountId, page: AccountSearch): Promise<AccountsFound>
  /** Sets what is given, and leaves the rest. Another email is not confirmed. Refuses 'unknown_account', 'email_taken'. */
  setProfile(change: ProfileChange): Promise<Numbered>
  /** Replaces the client's own settings, a JSON text. Refuses 'unknown_account'. */
  setSettings(accountId: AccountId, settings: string): Promise<Numbered>
  /** Null until they are set. */
  findSettings(accountId: AccountId): Promise<string | null>
  /** Stores another hash of the same password. Does nothing where `old` is no longer the account's. */
  replaceHash(accountId: AccountId, hashes: { old: string; renewed: string }): Promise<void>
  setSeen(accountId: AccountId, at: Micros): Promise<void>
  /**
   * Voids every token issued before `at`, and every session but the kept one. Answers the account's new
   * `credentialsSince`, later than the last. Refuses 'wrong_credentials' if the session to be kept is not there, or is
   * another account's.
   */
  revoke(accountId: AccountId, revocation: Revocation): Promise<Micros>
  /** Makes the account an administrator, or takes that back. Refuses 'unknown_account' (absent, or one to become that is a guest or removed). */
  setAdmin(accountId: AccountId, isAdmin: boolean): Promise<void>
  /** Lets a disabled account log in again. */
  enable(accountId: AccountId): Promise<void>
  /**
   * Replaces the password, and voids credentials as `revoke` does. Refuses 'wrong_credentials' also if `old` is given and is
   * no longer the account's hash.
   */
  setPassword(accountId: AccountId, change: PasswordChange): Promise<Micros>
  /**
   * Accounts that any process has changed by `revoke`, `enable`, `setAdmin` or `setPassword` after that number, or whose sessions it
   * has ended by `sessions.end` or `sessions.open`, in the order of their numbers, at most `limit`. From then on reads see those changes. A number may become visible after a greater
   * one, while the writes of two processes overlap.
   */
  notices(after: number, limit: number): Promise<readonly AccountNotice[]>
  /** The greatest number of a notice; 0 if there is none. */
  lastNotice(): Promise<number>
  /** Gives the names of guests not seen since then back; answers how many. Their messages stay. */
  freeGuests(unseenSince: Micros): Promise<number>
}

export interface Revocation {
  readonly at: Micros
  readonly disable: boolean
  readonly keep?: KeptSession
}

export interface PasswordChange extends Omit<Revocation, 'disable'> {
  readonly passwordHash: string
  readonly old?: string
}

export interface ProfileChange extends Partial<Pick<Account, 'displayName' | 'bio' | 'email'>> {
  readonly accountId: AccountId
  readonly at: Micros
}

/** An account whose credentials were changed, of which a session has ended, or that has lost a contact. Each account has one notice, which moves on with its next change. */
export interface AccountNotice {
  readonly number: number
  readonly accountId: AccountId
  /** The value at the time of reading. */
  readonly credentialsSince: Micros
  /** The session that the last revocation has kept. */
  readonly keptSessionId: SessionId | null
}
