import type { DatabaseSync } from 'node:sqlite'
import type { Account, AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ContactStore } from '../store.ts'
import { read } from './failure.ts'
import { ACCOUNT_COLUMNS, accountOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteContacts implements ContactStore {
  readonly #writer: WriteQueue
  readonly #list
  readonly #blockersOf

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Row<Account>>(db, LIST)
    this.#blockersOf = prepare<{ blockerId: AccountId }>(db, BLOCKERS_OF)
  }

  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<void> {
    return this.#writer.write('contacts.add', { accountId, contactId, at })
  }

  list(accountId: AccountId): Promise<readonly Account[]> {
    return read(() => this.#list.all(accountId).map(accountOf))
  }

  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<void> {
    return this.#writer.write('contacts.block', { blockerId, blockedId, at })
  }

  unblock(blockerId: AccountId, blockedId: AccountId): Promise<void> {
    return this.#writer.write('contacts.unblock', { blockerId, blockedId })
  }

  blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]> {
    return read(() =>
      this.#blockersOf.all(accountId, JSON.stringify(accountIds)).map(({ blockerId }) => blockerId),
    )
  }
}

const LIST = `
  SELECT ${ACCOUNT_COLUMNS} FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = ? ORDER BY k.id`

const BLOCKERS_OF = `
  SELECT blocker_id AS blockerId FROM blocks
  WHERE blocked_id = ? AND blocker_id IN (SELECT value FROM json_each(?))`
