import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Numbered } from '../store.ts'
import type { Admission } from './admission.ts'
import type { Numbers } from './numbers.ts'
import { prepare } from './statement.ts'

export class ContactWrites {
  readonly #admission: Admission
  readonly #numbers: Numbers
  readonly #isContact
  readonly #insert
  readonly #delete
  readonly #block
  readonly #unblock

  constructor(db: DatabaseSync, { admission, numbers }: { admission: Admission; numbers: Numbers }) {
    this.#admission = admission
    this.#numbers = numbers
    this.#isContact = prepare(db, 'SELECT 1 FROM contacts WHERE account_id = ? AND contact_id = ?')
    this.#insert = prepare(db, INSERT)
    this.#delete = prepare(db, 'DELETE FROM contacts WHERE account_id = ? AND contact_id = ?')
    this.#block = prepare(db, BLOCK)
    this.#unblock = prepare(db, 'DELETE FROM blocks WHERE blocked_id = ? AND blocker_id = ?')
  }

  add({ accountId, contactId, at }: { accountId: AccountId; contactId: AccountId; at: Micros }): Numbered {
    if (this.#isContact.get(accountId, contactId)) throw new ChatError('already_a_contact')
    this.#admission.requireExists(accountId)
    this.#admission.requireReachable(contactId, accountId)
    this.#insert.run(accountId, contactId, at)
    this.#insert.run(contactId, accountId, at)
    return this.#touchBoth(accountId, contactId, false)
  }

  remove({ accountId, contactId }: { accountId: AccountId; contactId: AccountId }): Numbered {
    if (this.#delete.run(accountId, contactId).changes === 0) return { touched: [] }
    this.#delete.run(contactId, accountId)
    return this.#touchBoth(accountId, contactId, true)
  }

  block({ blockerId, blockedId, at }: { blockerId: AccountId; blockedId: AccountId; at: Micros }): Numbered {
    this.#admission.requireExists(blockerId)
    this.#admission.requireExists(blockedId)
    if (this.#block.run(blockedId, blockerId, at).changes === 0) return { touched: [] }
    return { touched: [this.#numbers.touch(blockerId, 'block', `${blockedId}`)] }
  }

  unblock({ blockerId, blockedId }: { blockerId: AccountId; blockedId: AccountId }): Numbered {
    if (this.#unblock.run(blockedId, blockerId).changes === 0) return { touched: [] }
    return { touched: [this.#numbers.touch(blockerId, 'block', `${blockedId}`, true)] }
  }

  #touchBoth(accountId: AccountId, contactId: AccountId, isGone: boolean): Numbered {
    const touch = (one: AccountId, other: AccountId) =>
      this.#numbers.touch(one, 'contact', `${other}`, isGone)
    return { touched: [touch(accountId, contactId), touch(contactId, accountId)] }
  }
}

const INSERT = 'INSERT INTO contacts (account_id, contact_id, added_at) VALUES (?, ?, ?)'

const BLOCK = `
  INSERT INTO blocks (blocked_id, blocker_id, blocked_at) VALUES (?, ?, ?)
  ON CONFLICT (blocked_id, blocker_id) DO NOTHING`
