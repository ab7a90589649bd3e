import type { DatabaseSync } from 'node:sqlite'
import type { Account, AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ContactPage, ContactStore, Numbered } from '../store.ts'
import { read } from './failure.ts'
import { readInPieces } from './pieces.ts'
import { ACCOUNT_COLUMNS, accountOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type ListedRow = Row<Account> & { readonly place: number }

export class SqliteContacts implements ContactStore {
  readonly #writer: WriteQueue
  readonly #list
  readonly #page
  readonly #blocked
  readonly #blockersOf
  readonly #blockedBy
  readonly #blockedMembers
  readonly #knownAmong

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<ListedRow>(db, LIST)
    this.#page = prepare<Row<Account>>(db, PAGE)
    this.#blocked = prepare<Row<Account>>(db, BLOCKED)
    this.#blockersOf = prepare<{ blockerId: AccountId }>(db, BLOCKERS_OF)
    this.#blockedBy = prepare<{ blockedId: AccountId }>(db, BLOCKED_BY)
    this.#blockedMembers = prepare<{ blockedId: AccountId }>(db, BLOCKED_MEMBERS)
    this.#knownAmong = prepare<{ accountId: AccountId }>(db, KNOWN_AMONG)
  }

  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<Numbered> {
    return this.#writer.write('contacts.add', { accountId, contactId, at })
  }

  remove(accountId: AccountId, contactId: AccountId): Promise<Numbered> {
    return this.#writer.write('contacts.remove', { accountId, contactId })
  }

  async list(accountId: AccountId): Promise<readonly Account[]> {
    const rows = await readInPieces<ListedRow>(Number.POSITIVE_INFINITY, (wanted, last) =>
      this.#list.all(accountId, last?.accountId ?? 0, wanted),
    )
    // Sorted here by the order of adding, which no index has.
    return rows.sort((one, other) => one.place - other.place).map(({ place: _, ...row }) => accountOf(row))
  }

  page(accountId: AccountId, { after, limit }: ContactPage): Promise<readonly Account[]> {
    return read(() => this.#page.all(accountId, after, limit).map(accountOf))
  }

  blocked(accountId: AccountId, { after, limit }: ContactPage): Promise<readonly Account[]> {
    return read(() => this.#blocked.all(accountId, after, limit).map(accountOf))
  }

  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<Numbered> {
    return this.#writer.write('contacts.block', { blockerId, blockedId, at })
  }

  unblock(blockerId: AccountId, blockedId: AccountId): Promise<Numbered> {
    return this.#writer.write('contacts.unblock', { blockerId, blockedId })
  }

  blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    return read(() =>
      this.#blockersOf.all(accountId, JSON.stringify(accountIds)).map(({ blockerId }) => blockerId),
    )
  }

  blockedBy(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    return read(() =>
      this.#blockedBy.all(accountId, JSON.stringify(accountIds)).map(({ blockedId }) => blockedId),
    )
  }

  blockedMembers(accountId: AccountId, conversationId: ConversationId): Promise<readonly AccountId[]> {
    return read(() => this.#blockedMembers.all(accountId, conversationId).map(({ blockedId }) => blockedId))
  }

  knownAmong(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    return read(() => this.#knownAmong.all(accountId, JSON.stringify(accountIds)).map((row) => row.accountId))
  }
}

const BLOCKED_BY = `
  SELECT blocked_id AS blockedId FROM blocks
  WHERE blocker_id = ? AND blocked_id IN (SELECT value FROM json_each(?))`

const BLOCKED_MEMBERS = `
  SELECT b.blocked_id AS blockedId FROM blocks b
  CROSS JOIN members m ON m.account_id = b.blocked_id AND m.conversation_id = ?2
  WHERE b.blocker_id = ?1 ORDER BY b.blocked_id`

const LIST = `
  SELECT ${ACCOUNT_COLUMNS}, k.id AS place FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = ? AND k.contact_id > ? ORDER BY k.contact_id LIMIT ?`

const PAGE = `
  SELECT ${ACCOUNT_COLUMNS} FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = ? AND k.contact_id > ? ORDER BY k.contact_id LIMIT ?`

const BLOCKED = `
  SELECT ${ACCOUNT_COLUMNS} FROM blocks b JOIN accounts a ON a.id = b.blocked_id
  WHERE b.blocker_id = ? AND b.blocked_id > ? ORDER BY b.blocked_id LIMIT ?`

const BLOCKERS_OF = `
  SELECT blocker_id AS blockerId FROM blocks
  WHERE blocked_id = ? AND blocker_id IN (SELECT value FROM json_each(?))`

const KNOWN_AMONG = `
  SELECT a.id AS accountId FROM accounts a
  WHERE a.id IN (SELECT value FROM json_each(?2)) AND (
    EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = ?1 AND k.contact_id = a.id)
    OR EXISTS (
      SELECT 1 FROM members o CROSS JOIN members m
      ON m.conversation_id = o.conversation_id AND m.account_id = ?1
      WHERE o.account_id = a.id))`
