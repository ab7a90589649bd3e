import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Admission } from './admission.ts'
import { prepare } from './statement.ts'

export class ContactWrites {
  readonly #admission: Admission
  readonly #isContact
  readonly #insert
  readonly #block
  readonly #unblock

  constructor(db: DatabaseSync, admission: Admission) {
    this.#admission = admission
    this.#isContact = prepare(db, 'SELECT 1 FROM contacts WHERE account_id = ? AND contact_id = ?')
    this.#insert = prepare(db, INSERT)
    this.#block = prepare(db, BLOCK)
    this.#unblock = prepare(db, 'DELETE FROM blocks WHERE blocked_id = ? AND blocker_id = ?')
  }

  add({ accountId, contactId, at }: { accountId: AccountId; contactId: AccountId; at: Micros }): void {
    if (this.#isContact.get(accountId, contactId)) throw new ChatError('already_a_contact')
    this.#admission.requireExists(accountId)
    this.#admission.requireReachable(contactId, accountId)
    this.#insert.run(accountId, contactId, at)
    this.#insert.run(contactId, accountId, at)
  }

  block({ blockerId, blockedId, at }: { blockerId: AccountId; blockedId: AccountId; at: Micros }): void {
    this.#admission.requireExists(blockerId)
    this.#admission.requireExists(blockedId)
    this.#block.run(blockedId, blockerId, at)
  }

  unblock({ blockerId, blockedId }: { blockerId: AccountId; blockedId: AccountId }): void {
    this.#unblock.run(blockedId, blockerId)
  }
}

const INSERT = 'INSERT INTO contacts (account_id, contact_id, added_at) VALUES (?, ?, ?)'

const BLOCK = `
  INSERT INTO blocks (blocked_id, blocker_id, blocked_at) VALUES (?, ?, ?)
  ON CONFLICT (blocked_id, blocker_id) DO NOTHING`
