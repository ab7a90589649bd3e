import type { DatabaseSync } from 'node:sqlite'
import type { Account, AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { nameKey } from '../../lib/text.ts'
import type { AccountStore, NewAccount } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { read } from './failure.ts'
import type { ReadCache } from './read-cache.ts'
import { ACCOUNT_COLUMNS, accountOf } from './rows.ts'
import { limitOf, prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteAccounts implements AccountStore {
  readonly #writer: WriteQueue
  readonly #cache: ReadCache
  readonly #reader: AccountReader
  readonly #findByUsername
  readonly #findByEmail
  readonly #findMany
  readonly #list

  constructor(db: DatabaseSync, parts: { writer: WriteQueue; cache: ReadCache; reader: AccountReader }) {
    this.#writer = parts.writer
    this.#cache = parts.cache
    this.#reader = parts.reader
    this.#findByUsername = prepare<Row<Account>>(db, FIND_BY_USERNAME)
    this.#findByEmail = prepare<Row<Account>>(db, FIND_BY_EMAIL)
    this.#findMany = prepare<Row<Account>>(db, FIND_MANY)
    this.#list = prepare<Row<Account>>(db, LIST)
  }

  create(account: NewAccount): Promise<Account> {
    return this.#writer.write('accounts.create', account)
  }

  find(accountId: AccountId): Promise<Account | undefined> {
    return read(() => this.#reader.find(accountId))
  }

  findByUsername(username: string): Promise<Account | undefined> {
    const key = nameKey(username)
    const knownId = this.#cache.accountIds.get(key)
    if (knownId !== undefined) return this.find(knownId)
    return read(() => {
      const account = optional(this.#findByUsername.get(key))
      if (account) this.#cache.accountIds.set(key, account.accountId)
      return account
    })
  }

  findByEmail(email: string): Promise<Account | undefined> {
    return read(() => optional(this.#findByEmail.get(nameKey(email))))
  }

  findMany(accountIds: readonly AccountId[]): Promise<readonly Account[]> {
    return read(() => this.#findMany.all(JSON.stringify(accountIds)).map(accountOf))
  }

  list({ after, limit }: { after: number; limit: number }): Promise<readonly Account[]> {
    return read(() => this.#list.all(after, limitOf(limit)).map(accountOf))
  }

  setBio(accountId: AccountId, bio: string, at: Micros): Promise<void> {
    return this.#writer.write('accounts.setBio', { accountId, bio, at })
  }

  replaceHash(accountId: AccountId, hashes: { old: string; renewed: string }): Promise<void> {
    return this.#writer.write('accounts.replaceHash', { accountId, ...hashes })
  }

  setSeen(accountId: AccountId, at: Micros): Promise<void> {
    return this.#writer.write('accounts.setSeen', { accountId, at })
  }

  revoke(accountId: AccountId, { at, disable }: { at: Micros; disable: boolean }): Promise<void> {
    return this.#writer.write('accounts.revoke', { accountId, at, disable })
  }

  freeGuests(unseenSince: Micros): Promise<number> {
    return this.#writer.write('accounts.freeGuests', unseenSince)
  }
}

const optional = (row: Row<Account> | undefined): Account | undefined => row && accountOf(row)

const FIND_BY_USERNAME = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.username_key = ?`

const FIND_BY_EMAIL = `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.email_key = ?`

const FIND_MANY = `
  SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE a.id IN (SELECT value FROM json_each(?))`

const LIST = `
  SELECT ${ACCOUNT_COLUMNS} FROM accounts a
  WHERE a.id > ? AND a.is_guest = 0 AND a.disabled_at IS NULL ORDER BY a.id LIMIT ?`
