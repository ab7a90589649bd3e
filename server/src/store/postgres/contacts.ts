import type { Account, AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ContactPage, ContactStore, Numbered } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { ACCOUNT_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresContacts implements ContactStore {
  readonly #writer: WriteQueue
  readonly #list
  readonly #page
  readonly #blocked
  readonly #blockersOf
  readonly #blockedBy
  readonly #blockedMembers
  readonly #knownAmong

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Account>(sql, LIST)
    this.#page = prepare<Account>(sql, PAGE)
    this.#blocked = prepare<Account>(sql, BLOCKED)
    this.#blockersOf = prepare<{ blockerId: AccountId }>(sql, BLOCKERS_OF)
    this.#blockedBy = prepare<{ blockedId: AccountId }>(sql, BLOCKED_BY)
    this.#blockedMembers = prepare<{ blockedId: AccountId }>(sql, BLOCKED_MEMBERS)
    this.#knownAmong = prepare<{ accountId: AccountId }>(sql, KNOWN_AMONG)
  }

  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<Numbered> {
    return this.#writer.write('contacts.add', { accountId, contactId, at })
  }

  remove(accountId: AccountId, contactId: AccountId): Promise<Numbered> {
    return this.#writer.write('contacts.remove', { accountId, contactId })
  }

  list(accountId: AccountId): Promise<readonly Account[]> {
    return this.#list.all(accountId)
  }

  page(accountId: AccountId, { after, limit }: ContactPage): Promise<readonly Account[]> {
    return this.#page.all(accountId, after, limit)
  }

  blocked(accountId: AccountId, { after, limit }: ContactPage): Promise<readonly Account[]> {
    return this.#blocked.all(accountId, after, limit)
  }

  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<Numbered> {
    return this.#writer.write('contacts.block', { blockerId, blockedId, at })
  }

  unblock(blockerId: AccountId, blockedId: AccountId): Promise<Numbered> {
    return this.#writer.write('contacts.unblock', { blockerId, blockedId })
  }

  async blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    const rows = await this.#blockersOf.all(accountId, accountIds)
    return rows.map(({ blockerId }) => blockerId)
  }

  async blockedBy(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    const rows = await this.#blockedBy.all(accountId, accountIds)
    return rows.map(({ blockedId }) => blockedId)
  }

  async blockedMembers(accountId: AccountId, conversationId: ConversationId): Promise<readonly AccountId[]> {
    const rows = await this.#blockedMembers.all(accountId, conversationId)
    return rows.map(({ blockedId }) => blockedId)
  }

  async knownAmong(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    const rows = await this.#knownAmong.all(accountId, accountIds)
    return rows.map((row) => row.accountId)
  }
}

const BLOCKED_BY = `
  SELECT blocked_id AS "blockedId" FROM blocks WHERE blocker_id = $1 AND blocked_id = ANY ($2)`

const BLOCKED_MEMBERS = `
  SELECT b.blocked_id AS "blockedId" FROM blocks b
  JOIN members m ON m.account_id = b.blocked_id AND m.conversation_id = $2
  WHERE b.blocker_id = $1 ORDER BY b.blocked_id`

const LIST = `
  SELECT ${ACCOUNT_COLUMNS} FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = $1 ORDER BY k.id`

const PAGE = `
  SELECT ${ACCOUNT_COLUMNS} FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = $1 AND k.contact_id > $2 ORDER BY k.contact_id LIMIT $3`

const BLOCKED = `
  SELECT ${ACCOUNT_COLUMNS} FROM blocks b JOIN accounts a ON a.id = b.blocked_id
  WHERE b.blocker_id = $1 AND b.blocked_id > $2 ORDER BY b.blocked_id LIMIT $3`

const BLOCKERS_OF = `
  SELECT blocker_id AS "blockerId" FROM blocks WHERE blocked_id = $1 AND blocker_id = ANY ($2)`

const KNOWN_AMONG = `
  SELECT a.id AS "accountId" FROM accounts a
  WHERE a.id = ANY ($2) AND (
    EXISTS (SELECT FROM contacts k WHERE k.account_id = $1 AND k.contact_id = a.id)
    OR EXISTS (
      SELECT FROM members o JOIN members m ON m.conversation_id = o.conversation_id AND m.account_id = $1
      WHERE o.account_id = a.id))`
