import type { Account, AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { isSameName, nameKey, nameLook } from '../../lib/name-forms.ts'
import type {
  AccountName,
  AccountNotice,
  AccountStore,
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
    this.#findSettings = prepare<{ settings: string | null }>(sql, FIND_SETTINGS)
    this.#notices = prepare<AccountNotice>(sql, NOTICES)
    this.#lastNotice = prepare<{ number: number | null }>(sql, LAST_NOTICE)
  }

  create(account: NewAccount): Promise<Account> {
    const { uuid, username, displayName, email, passwordHash, at } = account
    const usernameKey = nameKey(username)
    const emailKey = email === null ? null : nameKey(email)
    const argument = { ...account, usernameKey, usernameLook: nameLook(username) || null, emailKey }
    return this.#writer.write('accounts.create', argument, (accountId: AccountId) => ({
      ...{ accountId, uuid, username, displayName, email, passwordHash },
      ...{ emailConfirmed: false, bio: null, isDisabled: false, currentConversationId: null },
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

  setProfile(change: ProfileChange): Promise<Numbered> {
    const { email } = change
    const keyed =
      email === undefined ? change : { ...change, emailKey: email === null ? null : nameKey(email) }
    return this.#writer.write('accounts.setProfile', keyed)
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

const LIST_NAMES = `
  SELECT a.id AS "accountId", a.username AS "username" FROM accounts a
  WHERE a.id > $2 AND NOT a.is_guest AND a.disabled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocked_id = $1 AND b.blocker_id = a.id)
  ORDER BY a.id LIMIT $3`
