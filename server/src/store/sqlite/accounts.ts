import type { DatabaseSync } from 'node:sqlite'
import { type Account, type AccountId, toAccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { isSameName, nameKey, nameLook } from '../../lib/name-forms.ts'
import { type FoundRow, foundIn, prefixOf } from '../found-accounts.ts'
import type {
  AccountName,
  AccountNotice,
  AccountSearch,
  AccountStore,
  AccountsFound,
  NewAccount,
  Numbered,
  PasswordChange,
  ProfileChange,
  Revocation,
} from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { read } from './failure.ts'
import { readInPieces } from './pieces.ts'
import type { ReadCache } from './read-cache.ts'
import { ACCOUNT_COLUMNS, accountOf } from './rows.ts'
import { prepare, prepareTuples, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type NameRow = readonly [accountId: AccountId, username: string]

export class SqliteAccounts implements AccountStore {
  readonly #writer: WriteQueue
  readonly #cache: ReadCache
  readonly #reader: AccountReader
  readonly #findByUsername
  readonly #findByEmail
  readonly #findMany
  readonly #listNames
  readonly #search
  readonly #findSettings
  readonly #notices
  readonly #lastNotice
  readonly #changed
  /** The greatest number of a notice that the cache has applied. */
  #heard: number

  constructor(db: DatabaseSync, parts: { writer: WriteQueue; cache: ReadCache; reader: AccountReader }) {
    this.#writer = parts.writer
    this.#cache = parts.cache
    this.#reader = parts.reader
    this.#findByUsername = prepare<Row<Account>>(db, FIND_BY_USERNAME)
    this.#findByEmail = prepare<Row<Account>>(db, FIND_BY_EMAIL)
    this.#findMany = prepare<Row<Account>>(db, FIND_MANY)
    this.#listNames = prepareTuples<NameRow>(db, LIST_NAMES)
    this.#search = prepare<Row<FoundRow>>(db, SEARCH)
    this.#findSettings = prepare<{ settings: string | null }>(db, FIND_SETTINGS)
    this.#notices = prepare<Row<AccountNotice>>(db, NOTICES)
    this.#lastNotice = prepare<{ number: number | null }>(db, LAST_NOTICE)
    this.#changed = prepare<{ number: number; accountId: number; isRemoved: number }>(db, CHANGED)
    this.#heard = this.#lastNotice.get()?.number ?? 0
  }

  create(account: NewAccount): Promise<Account> {
    return this.#writer.write('accounts.create', account)
  }

  find(accountId: AccountId): Promise<Account | undefined> {
    return read(() => this.#reader.find(accountId))
  }

  /** The account as it is now, even if an operator's command has just changed it: passwords are judged by this. */
  findByUsername(username: string): Promise<Account | undefined> {
    const key = nameKey(username)
    return read(() => {
      this.#forgetChanged()
      const knownId = this.#cache.accountIds.get(key)
      if (knownId !== undefined) return this.#reader.find(knownId)
      const account = optional(this.#findByUsername.get(key, nameLook(username)))
      if (!account || !isSameName(account.username, username)) return undefined
      this.#cache.accountIds.set(key, account.accountId)
      return account
    })
  }

  findByEmail(email: string): Promise<Account | undefined> {
    return read(() => optional(this.#findByEmail.get(nameKey(email))))
  }

  findMany(accountIds: readonly AccountId[]): Promise<readonly Account[]> {
    return read(() => this.#findMany.all(JSON.stringify(accountIds)).map(accountOf))
  }

  async listNames(
    viewerId: AccountId,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly AccountName[]> {
    const rows = await readInPieces<NameRow>(limit, (wanted, last) =>
      this.#listNames.all(viewerId, last?.[0] ?? after, wanted),
    )
    return rows.map(([accountId, username]) => ({ accountId, username }))
  }

  search(viewerId: AccountId, { prefix, after, limit }: AccountSearch): Promise<AccountsFound> {
    const { key, end } = prefixOf(prefix)
    const place = [after?.key ?? '', after?.accountId ?? 0]
    return read(() => foundIn(this.#search.all(viewerId, key, end, ...place, limit).map(foundOf), limit))
  }

  setProfile(change: ProfileChange): Promise<Numbered> {
    return this.#writer.write('accounts.setProfile', change)
  }

  setSettings(accountId: AccountId, settings: string): Promise<Numbered> {
    return this.#writer.write('accounts.setSettings', { accountId, settings })
  }

  findSettings(accountId: AccountId): Promise<string | null> {
    return read(() => this.#findSettings.get(accountId)?.settings ?? null)
  }

  replaceHash(accountId: AccountId, hashes: { old: string; renewed: string }): Promise<void> {
    return this.#writer.write('accounts.replaceHash', { accountId, ...hashes })
  }

  setSeen(accountId: AccountId, at: Micros): Promise<void> {
    return this.#writer.write('accounts.setSeen', { accountId, at })
  }

  revoke(accountId: AccountId, revocation: Revocation): Promise<Micros> {
    return this.#writer.write('accounts.revoke', { ...revocation, accountId })
  }

  setAdmin(accountId: AccountId, isAdmin: boolean): Promise<void> {
    return this.#writer.write('accounts.setAdmin', { accountId, isAdmin })
  }

  enable(accountId: AccountId): Promise<void> {
    return this.#writer.write('accounts.enable', { accountId })
  }

  setPassword(accountId: AccountId, change: PasswordChange): Promise<Micros> {
    return this.#writer.write('accounts.setPassword', { ...change, accountId })
  }

  notices(after: number, limit: number): Promise<readonly AccountNotice[]> {
    return read(() => {
      this.#forgetChanged()
      const rows = this.#notices.all(after, limit)
      return rows.map((row) => ({ ...row, accountId: toAccountId(row.accountId) }))
    })
  }

  lastNotice(): Promise<number> {
    return read(() => this.#lastNotice.get()?.number ?? 0)
  }

  /** Forgets accounts that an operator's command has changed: the cache does not see the writes of another process. */
  #forgetChanged(): void {
    const changed = this.#changed.all(this.#heard)
    if (changed.length === 0) return
    for (const { number, accountId } of changed) {
      this.#heard = number
      this.#cache.accounts.forget(toAccountId(accountId))
    }
    this.#cache.sessions.clear()
    if (!changed.some(({ isRemoved }) => isRemoved === 1)) return
    // Its name is another's to take, and its blocks have ended.
    this.#cache.accountIds.clear()
    this.#cache.memberships.clear()
  }

  freeGuests(unseenSince: Micros): Promise<number> {
    return this.#writer.write('accounts.freeGuests', { unseenSince })
  }
}

const CHANGED = `
  SELECT n.number AS number, n.account_id AS accountId, a.deleted_at IS NOT NULL AS isRemoved
  FROM account_notices n LEFT JOIN accounts a ON a.id = n.account_id WHERE n.number > ? ORDER BY n.number`

const optional = (row: Row<Account> | undefined): Account | undefined => row && accountOf(row)

// The key comes first: names that are older than the comparison of looks may look alike.
const FIND_BY_USERNAME = `
  SELECT ${ACCOUNT_COLUMNS} FROM accounts a
  WHERE a.id = coalesce(
    (SELECT id FROM accounts WHERE username_key = ?1), (SELECT id FROM accounts WHERE username_look = ?2))`

const FIND_BY_EMAIL = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.email_key = ?`

const FIND_MANY = `
  SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.id IN (SELECT value FROM json_each(?))`

const FIND_SETTINGS = 'SELECT settings FROM accounts WHERE id = ?'

const NOTICES = `
  SELECT n.number, n.account_id AS accountId, a.credentials_since AS credentialsSince,
    n.kept_session_id AS keptSessionId
  FROM account_notices n JOIN accounts a ON a.id = n.account_id
  WHERE n.number > ? ORDER BY n.number LIMIT ?`

const LAST_NOTICE = 'SELECT max(number) AS number FROM account_notices'

const foundOf = ({ key, isShown, ...account }: Row<FoundRow>): FoundRow => ({
  ...accountOf(account),
  key,
  isShown: isShown === 1,
})

const VISIBLE = 'a.is_guest = 0 AND a.disabled_at IS NULL'

/** Those whose name in that column begins so. */
const begins = (column: string): string => `
  SELECT * FROM (
    SELECT a.${column} AS key, a.id AS id FROM accounts a
    WHERE ${VISIBLE} AND a.${column} >= ?2 AND a.${column} < ?3 AND (a.${column}, a.id) > (?4, ?5)
    ORDER BY a.${column}, a.id LIMIT ?6)`

const SEARCH = `
  WITH found AS (${begins('username_key')} UNION ALL ${begins('display_key')})
  SELECT ${ACCOUNT_COLUMNS}, f.key AS key, NOT EXISTS (
      SELECT 1 FROM blocks b WHERE b.blocked_id = ?1 AND b.blocker_id = a.id)
    -- Found by both of its names, it is shown at the first.
    AND NOT (a.display_key IS NOT NULL AND a.username_key >= ?2 AND a.username_key < ?3 AND a.display_key >= ?2
      AND a.display_key < ?3 AND f.key = max(a.username_key, a.display_key)) AS isShown
  FROM found f JOIN accounts a ON a.id = f.id ORDER BY f.key, a.id LIMIT ?6`

const LIST_NAMES = `
  SELECT a.id AS accountId, a.username AS username FROM accounts a
  WHERE a.id > ?2 AND a.is_guest = 0 AND a.disabled_at IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM blocks b WHERE b.blocked_id = ?1 AND b.blocker_id = a.id)
  ORDER BY a.id LIMIT ?3`
