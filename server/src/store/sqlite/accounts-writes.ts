import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { type Account, type AccountId, toAccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { nameKey, nameLook } from '../../lib/name-forms.ts'
import { displayKeyOf } from '../found-accounts.ts'
import type {
  KeptSession,
  NewAccount,
  Numbered,
  PasswordChange,
  ProfileChange,
  Revocation,
} from '../store.ts'
import type { OfAccount } from '../writes/row.ts'
import { NOTICE } from './notices.ts'
import type { Numbers } from './numbers.ts'
import { prepare } from './statement.ts'

type Profile = Pick<Account, 'username' | 'displayName' | 'bio' | 'email'>

export class AccountWrites {
  readonly #numbers: Numbers
  readonly #isTaken
  readonly #insert
  readonly #isAddressTaken
  readonly #profile
  readonly #setProfile
  readonly #settings
  readonly #setSettings
  readonly #replaceHash
  readonly #setSeen
  readonly #endSessions
  readonly #useKept
  readonly #revoke
  readonly #enable
  readonly #setAdmin
  readonly #setPassword
  readonly #notice
  readonly #noteKept
  readonly #freeGuests

  constructor(db: DatabaseSync, numbers: Numbers) {
    this.#numbers = numbers
    // Names and addresses share one space, so that 'username or email' always means one account.
    this.#isTaken = prepare(db, IS_TAKEN)
    this.#insert = prepare(db, INSERT)
    this.#isAddressTaken = prepare(db, IS_ADDRESS_TAKEN)
    this.#profile = prepare<Profile>(db, PROFILE)
    this.#setProfile = prepare(db, SET_PROFILE)
    this.#settings = prepare<{ settings: string | null }>(db, 'SELECT settings FROM accounts WHERE id = ?')
    this.#setSettings = prepare(db, 'UPDATE accounts SET settings = ? WHERE id = ?')
    this.#replaceHash = prepare(
      db,
      'UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?',
    )
    this.#setSeen = prepare(db, 'UPDATE accounts SET last_seen_at = max(last_seen_at, ?) WHERE id = ?')
    this.#endSessions = prepare(db, 'DELETE FROM sessions WHERE account_id = ? AND id IS NOT ?')
    this.#useKept = prepare(db, USE_KEPT)
    this.#revoke = prepare<{ credentialsSince: number }>(db, REVOKE)
    this.#enable = prepare(db, ENABLE)
    this.#setAdmin = prepare(db, SET_ADMIN)
    this.#setPassword = prepare(db, SET_PASSWORD)
    this.#notice = prepare(db, NOTICE)
    this.#noteKept = prepare(db, 'UPDATE account_notices SET kept_session_id = ? WHERE account_id = ?')
    this.#freeGuests = prepare(db, FREE_GUESTS)
  }

  create(account: NewAccount): Account {
    const { uuid, username, displayName, email, passwordHash, at } = account
    const usernameKey = nameKey(username)
    const emailKey = email === null ? null : nameKey(email)
    const look = nameLook(username) || null
    this.#requireFree({ usernameKey, look, emailKey })
    const isGuest = passwordHash === null
    const { lastInsertRowid } = this.#insert.run(
      ...[uuid, username, usernameKey, look, displayName, displayKeyOf(account), email, emailKey],
      ...[passwordHash, isGuest ? 1 : 0, at, at, at],
    )
    return {
      ...{ accountId: toAccountId(lastInsertRowid), uuid, username, displayName, email, passwordHash },
      ...{ emailConfirmed: false, bio: null, isGuest, isDisabled: false, isAdmin: false },
      ...{ createdAt: at, updatedAt: at, lastSeenAt: at, credentialsSince: 0, currentConversationId: null },
    }
  }

  setProfile({ accountId, at, ...change }: ProfileChange): Numbered {
    const before = this.#profile.get(accountId)
    if (!before) throw new ChatError('unknown_account', { accountId })
    const { username, displayName, bio, email } = { ...before, ...change }
    if (displayName === before.displayName && bio === before.bio && email === before.email)
      return { touched: [] }
    const emailKey = email === null ? null : nameKey(email)
    if (emailKey !== null && this.#isAddressTaken.get(emailKey, accountId))
      throw new ChatError('email_taken', { fields: ['email'] })
    const displayKey = displayKeyOf({ username, displayName })
    this.#setProfile.run(displayName, bio, email, emailKey, at, accountId, displayKey)
    return { touched: [this.#numbers.touch(accountId, 'profile', '')] }
  }

  setSettings({ accountId, settings }: { accountId: AccountId; settings: string }): Numbered {
    const before = this.#settings.get(accountId)
    if (!before) throw new ChatError('unknown_account', { accountId })
    if (before.settings === settings) return { touched: [] }
    this.#setSettings.run(settings, accountId)
    return { touched: [this.#numbers.touch(accountId, 'settings', '')] }
  }

  replaceHash(hashes: { accountId: AccountId; old: string; renewed: string }): void {
    this.#replaceHash.run(hashes.renewed, hashes.accountId, hashes.old)
  }

  setSeen({ accountId, at }: { accountId: AccountId; at: Micros }): void {
    this.#setSeen.run(at, accountId)
  }

  revoke({ accountId, at, disable, keep }: OfAccount & Revocation): Micros {
    if (keep) this.#keep(accountId, keep)
    const kept = keep?.sessionId ?? null
    this.#endSessions.run(accountId, kept)
    const revoked = this.#revoke.get(at, disable ? 1 : 0, accountId)
    if (!revoked) throw new ChatError('unknown_account', { accountId })
    this.#notice.run(accountId)
    this.#noteKept.run(kept, accountId)
    return revoked.credentialsSince
  }

  #keep(accountId: AccountId, { sessionId, at, expiresAt }: KeptSession): void {
    const { changes } = this.#useKept.run(at, expiresAt, sessionId, accountId)
    if (changes === 0) throw new ChatError('wrong_credentials')
  }

  enable(accountId: AccountId): void {
    if (this.#enable.run(accountId).changes > 0) this.#notice.run(accountId)
  }

  setAdmin({ accountId, isAdmin }: OfAccount & { isAdmin: boolean }): void {
    if (this.#setAdmin.run(isAdmin ? 1 : 0, accountId).changes === 0)
      throw new ChatError('unknown_account', { accountId })
    this.#notice.run(accountId)
  }

  setPassword({ accountId, passwordHash, old, at, ...keep }: OfAccount & PasswordChange): Micros {
    const { changes } = this.#setPassword.run(passwordHash, at, accountId, old ?? null)
    if (changes === 0 && old !== undefined) throw new ChatError('wrong_credentials')
    return this.revoke({ ...keep, accountId, at, disable: false })
  }

  freeGuests(unseenSince: Micros): number {
    return this.#freeGuests.run(unseenSince).changes
  }

  #requireFree({ usernameKey, look, emailKey }: Forms): void {
    const isNameTaken = this.#isTaken.get(usernameKey, look) !== undefined
    const isEmailTaken = emailKey !== null && this.#isTaken.get(emailKey, null) !== undefined
    if (!isNameTaken && !isEmailTaken) return
    const fields = [...(isNameTaken ? ['username'] : []), ...(isEmailTaken ? ['email'] : [])]
    throw new ChatError(isNameTaken ? 'name_taken' : 'email_taken', { fields })
  }
}

/** Forms in which names and addresses are compared. */
interface Forms {
  readonly usernameKey: string
  /** Null if nothing of the name is visible. */
  readonly look: string | null
  readonly emailKey: string | null
}

const IS_TAKEN = 'SELECT 1 FROM accounts WHERE username_key = ?1 OR email_key = ?1 OR username_look = ?2'

const IS_ADDRESS_TAKEN = 'SELECT 1 FROM accounts WHERE (username_key = ?1 OR email_key = ?1) AND id <> ?2'

const PROFILE = 'SELECT username, display_name AS displayName, bio, email FROM accounts WHERE id = ?'

const SET_PROFILE = `
  UPDATE accounts SET display_name = ?1, bio = ?2, email = ?3, email_key = ?4, updated_at = ?5,
    display_key = ?7,
    email_confirmed = CASE WHEN email_key IS ?4 THEN email_confirmed ELSE 0 END
  WHERE id = ?6`

const INSERT = `
  INSERT INTO accounts (uuid, username, username_key, username_look, display_name, display_key, email,
    email_key,
    password_hash, is_guest, created_at, updated_at, last_seen_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const SET_PASSWORD = `
  UPDATE accounts SET password_hash = ?1, updated_at = ?2 WHERE id = ?3 AND (?4 IS NULL OR password_hash = ?4)`

const ENABLE = 'UPDATE accounts SET disabled_at = NULL WHERE id = ? AND deleted_at IS NULL'

const SET_ADMIN = `
  UPDATE accounts SET is_admin = ?1 WHERE id = ?2 AND (?1 = 0 OR (is_guest = 0 AND deleted_at IS NULL))`

const USE_KEPT = `
  UPDATE sessions SET last_used_at = max(last_used_at, ?), expires_at = max(expires_at, ?)
  WHERE id = ? AND account_id = ?`

const REVOKE = `
  UPDATE accounts
  SET credentials_since = max(credentials_since + 1, ?1),
    disabled_at = CASE WHEN ?2 THEN coalesce(disabled_at, ?1) ELSE disabled_at END
  WHERE id = ?3
  RETURNING credentials_since AS credentialsSince`

const FREE_GUESTS = `
  UPDATE accounts SET username_key = NULL, username_look = NULL
  WHERE is_guest = 1 AND username_key IS NOT NULL AND last_seen_at < ?`
