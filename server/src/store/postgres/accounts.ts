import type { Account, AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { isSameName, nameKey, nameLook } from '../../lib/name-forms.ts'
import { displayKeyOf, type FoundRow, foundIn, prefixOf } from '../found-accounts.ts'
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
import { batchedLookup } from './batched-lookup.ts'
import type { Queryable } from './driver/index.ts'
import { ACCOUNT_COLUMNS } from './rows.ts'
import { limitOf, prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresAccounts implements AccountStore {
  readonly #writer: WriteQueue
  readonly #find
  readonly #findByUsername
  readonly #findByEmail
  readonly #findMany
  readonly #listNames
  readonly #search
  readonly #findSettings
  readonly #notices
  readonly #lastNotice

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#find = batchedLookup<Account>(sql, ['bigint'], FIND)
    this.#findByUsername = prepare<Account>(sql, FIND_BY_USERNAME)
    this.#findByEmail = prepare<Account>(sql, FIND_BY_EMAIL)
    this.#findMany = prepare<Account>(sql, FIND_MANY)
    this.#listNames = prepare<AccountName>(sql, LIST_NAMES)
    this.#search = prepare<FoundRow>(sql, SEARCH)
    this.#findSettings = prepare<{ settings: string | null }>(sql, FIND_SETTINGS)
    this.#notices = prepare<AccountNotice>(sql, NOTICES)
    this.#lastNotice = prepare<{ number: number | null }>(sql, LAST_NOTICE)
  }

  create(account: NewAccount): Promise<Account> {
    const { uuid, username, displayName, email, passwordHash, at } = account
    const usernameKey = nameKey(username)
    const emailKey = email === null ? null : nameKey(email)
    const displayKey = displayKeyOf(account)
    const argument = {
      ...account,
      displayKey,
      usernameKey,
      usernameLook: nameLook(username) || null,
      emailKey,
    }
    return this.#writer.write('accounts.create', argument, (accountId: AccountId) => ({
      ...{ accountId, uuid, username, displayName, email, passwordHash },
      ...{ emailConfirmed: false, bio: null, isDisabled: false, isAdmin: false, currentConversationId: null },
      ...{
        isGuest: passwordHash === null,
        createdAt: at,
        updatedAt: at,
        lastSeenAt: at,
        credentialsSince: 0,
      },
    }))
  }

  find(accountId: AccountId): Promise<Account | undefined> {
    return this.#find.get(accountId)
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    const found = await this.#findByUsername.get(nameKey(username), nameLook(username))
    return found && isSameName(found.username, username) ? found : undefined
  }

  findByEmail(email: string): Promise<Account | undefined> {
    return this.#findByEmail.get(nameKey(email))
  }

  findMany(accountIds: readonly AccountId[]): Promise<readonly Account[]> {
    return this.#findMany.all(accountIds)
  }

  listNames(
    viewerId: AccountId,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly AccountName[]> {
    return this.#listNames.all(viewerId, after, limitOf(limit))
  }

  async search(viewerId: AccountId, { prefix, after, limit }: AccountSearch): Promise<AccountsFound> {
    const { key, end } = prefixOf(prefix)
    const place = [after?.key ?? '', after?.accountId ?? 0]
    return foundIn(await this.#search.all(viewerId, key, end, ...place, limit), limit)
  }

  setProfile(change: ProfileChange): Promise<Numbered> {
    const { email, displayName } = change
    return this.#writer.write('accounts.setProfile', {
      ...change,
      ...(email !== undefined && { emailKey: email === null ? null : nameKey(email) }),
      ...(displayName !== undefined && { displayKey: nameKey(displayName) }),
    })
  }

  setSettings(accountId: AccountId, settings: string): Promise<Numbered> {
    return this.#writer.write('accounts.setSettings', { accountId, settings })
  }

  async findSettings(accountId: AccountId): Promise<string | null> {
    return (await this.#findSettings.get(accountId))?.settings ?? null
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
    return this.#writer.write('accounts.setPassword', { accountId, ...change })
  }

  notices(after: number, limit: number): Promise<readonly AccountNotice[]> {
    return this.#notices.all(after, limit)
  }

  async lastNotice(): Promise<number> {
    return (await this.#lastNotice.get())?.number ?? 0
  }

  freeGuests(unseenSince: Micros): Promise<number> {
    return this.#writer.write('accounts.freeGuests', { unseenSince })
  }
}

const FIND = (asked: string) =>
  `SELECT k.n AS "n", ${ACCOUNT_COLUMNS} FROM ${asked} JOIN accounts a ON a.id = k.a`

// The key comes first: names that are older than the comparison of looks may look alike.
const FIND_BY_USERNAME = `
  SELECT ${ACCOUNT_COLUMNS} FROM accounts a
  WHERE a.id = coalesce(
    (SELECT id FROM accounts WHERE username_key = $1), (SELECT id FROM accounts WHERE username_look = $2))`

const FIND_BY_EMAIL = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.email_key = $1`

const FIND_MANY = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.id = ANY ($1)`

const FIND_SETTINGS = 'SELECT settings FROM accounts WHERE id = $1'

const NOTICES = `
  SELECT n.number, n.account_id AS "accountId", a.credentials_since AS "credentialsSince",
    n.kept_session_id AS "keptSessionId"
  FROM account_notices n JOIN accounts a ON a.id = n.account_id
  WHERE n.number > $1 ORDER BY n.number LIMIT $2`

const LAST_NOTICE = 'SELECT max(number) AS number FROM account_notices'

const VISIBLE = 'NOT a.is_guest AND a.disabled_at IS NULL'

/** Those whose name in that column begins so. */
const begins = (column: string): string => `(
    SELECT a.${column} AS key, a.id AS id FROM accounts a
    WHERE ${VISIBLE} AND a.${column} >= $2 AND a.${column} < $3 AND (a.${column}, a.id) > ($4, $5)
    ORDER BY a.${column}, a.id LIMIT $6)`

const SEARCH = `
  WITH found AS (${begins('username_key')} UNION ALL ${begins('display_key')})
  SELECT ${ACCOUNT_COLUMNS}, f.key AS "key", NOT EXISTS (
      SELECT 1 FROM blocks b WHERE b.blocked_id = $1 AND b.blocker_id = a.id)
    -- Found by both of its names, it is shown at the first.
    AND NOT (a.display_key IS NOT NULL AND a.username_key >= $2 AND a.username_key < $3 AND a.display_key >= $2
      AND a.display_key < $3 AND f.key = greatest(a.username_key, a.display_key)) AS "isShown"
  FROM found f JOIN accounts a ON a.id = f.id ORDER BY f.key, a.id LIMIT $6`

const LIST_NAMES = `
  SELECT a.id AS "accountId", a.username AS "username" FROM accounts a
  WHERE a.id > $2 AND NOT a.is_guest AND a.disabled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocked_id = $1 AND b.blocker_id = a.id)
  ORDER BY a.id LIMIT $3`
