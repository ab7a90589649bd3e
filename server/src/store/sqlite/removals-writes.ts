import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId } from '../../core/types.ts'
import { removedNames } from '../removed-name.ts'
import type { AccountRemoved, AccountToRemove, RemovalProgress } from '../store.ts'
import type { AccountWrites } from './accounts-writes.ts'
import { NOTICE } from './notices.ts'
import type { Numbers } from './numbers.ts'
import { prepare } from './statement.ts'

export class RemovalWrites {
  readonly #accounts: AccountWrites
  readonly #numbers: Numbers
  readonly #isTaken
  readonly #empty
  readonly #contactIds
  readonly #blockerIds
  readonly #endContacts
  readonly #endBlocks
  readonly #endUploads
  readonly #notice
  readonly #begin
  readonly #moveOn
  readonly #end

  constructor(db: DatabaseSync, { accounts, numbers }: { accounts: AccountWrites; numbers: Numbers }) {
    this.#accounts = accounts
    this.#numbers = numbers
    this.#isTaken = prepare(
      db,
      'SELECT 1 FROM accounts WHERE username_key = ?1 OR email_key = ?1 OR username_look = ?2',
    )
    this.#empty = prepare(db, EMPTY)
    this.#contactIds = prepare<{ id: AccountId }>(
      db,
      'SELECT contact_id AS id FROM contacts WHERE account_id = ?',
    )
    this.#blockerIds = prepare<{ id: AccountId }>(
      db,
      'SELECT blocker_id AS id FROM blocks WHERE blocked_id = ?',
    )
    this.#endContacts = prepare(db, END_CONTACTS)
    this.#endBlocks = prepare(db, 'DELETE FROM blocks WHERE blocker_id = ?1 OR blocked_id = ?1')
    this.#endUploads = prepare(db, END_UPLOADS)
    this.#notice = prepare(db, NOTICE)
    this.#begin = prepare(db, BEGIN)
    this.#moveOn = prepare(db, 'UPDATE account_removals SET message_id = ? WHERE account_id = ?')
    this.#end = prepare(db, 'DELETE FROM account_removals WHERE account_id = ?')
  }

  remove({
    accountId,
    uuid,
    old,
    removesMessages,
    contactIds,
    blockerIds,
    leavesNotices,
    at,
  }: AccountToRemove): AccountRemoved {
    const [first, second] = removedNames(accountId, uuid)
    const name = this.#isTaken.get(first.usernameKey, first.usernameLook) ? second : first
    const { username, usernameKey, usernameLook } = name
    const { changes } = this.#empty.run(uuid, username, usernameKey, usernameLook, at, accountId, old)
    if (changes === 0) throw new ChatError('wrong_credentials')
    const credentialsSince = this.#accounts.revoke({ accountId, at, disable: true })
    const contacts = this.#contactIds.all(accountId).map(({ id }) => id)
    const blockers = this.#blockerIds.all(accountId).map(({ id }) => id)
    requireSame(contacts, contactIds)
    requireSame(blockers, blockerIds)
    this.#endContacts.run(accountId)
    this.#endBlocks.run(accountId)
    this.#endUploads.run(at, accountId)
    this.#begin.run(accountId, removesMessages ? 1 : 0)
    if (leavesNotices) for (const id of [...contacts, ...blockers]) this.#notice.run(id)
    const key = `${accountId}`
    return {
      credentialsSince,
      touched: [
        ...contacts.map((id) => this.#numbers.touch(id, 'contact', key, true)),
        ...blockers.map((id) => this.#numbers.touch(id, 'block', key, true)),
      ],
    }
  }

  note({ accountId, messageId }: RemovalProgress): void {
    if (messageId === null) this.#end.run(accountId)
    else this.#moveOn.run(messageId, accountId)
  }
}

function requireSame(found: readonly AccountId[], expected: readonly AccountId[]): void {
  const ids = new Set(expected)
  if (found.length !== ids.size || found.some((id) => !ids.has(id))) throw new ChatError('conflict')
}

const EMPTY = `
  UPDATE accounts SET uuid = ?1, username = ?2, display_name = ?2, display_key = NULL, username_key = ?3, username_look = ?4,
    email = NULL, email_key = NULL, email_confirmed = 0, bio = NULL, settings = NULL, password_hash = NULL,
    is_admin = 0, current_conversation_id = NULL, updated_at = ?5, deleted_at = ?5
  WHERE id = ?6 AND password_hash = ?7`

// Contacts are mutual: the other's row is found by the index of the account's own.
const END_CONTACTS = `
  DELETE FROM contacts WHERE id IN (
    SELECT id FROM contacts WHERE account_id = ?1
    UNION ALL
    SELECT t.id FROM contacts k JOIN contacts t ON t.account_id = k.contact_id AND t.contact_id = ?1
    WHERE k.account_id = ?1)`

// Files on messages stay with these.
const END_UPLOADS = `
  UPDATE uploads SET removed_at = ?, name = ''
  WHERE account_id = ? AND conversation_id IS NULL AND removed_at IS NULL`

const BEGIN = 'INSERT INTO account_removals (account_id, message_id, removes_messages) VALUES (?, 0, ?)'
