import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId } from '../../core/types.ts'
import type { RemovedMember } from '../store.ts'
import { prepare } from './statement.ts'

/** Accounts that do not enter a conversation by themselves. */
export class Bans {
  readonly #find
  readonly #insert
  readonly #delete

  constructor(db: DatabaseSync) {
    this.#find = prepare(db, 'SELECT 1 FROM bans WHERE conversation_id = ? AND account_id = ?')
    this.#insert = prepare(db, INSERT)
    this.#delete = prepare(db, 'DELETE FROM bans WHERE conversation_id = ? AND account_id = ?')
  }

  has(conversationId: ConversationId, accountId: AccountId): boolean {
    return this.#find.get(conversationId, accountId) !== undefined
  }

  add({ conversationId, accountId, byId, at }: RemovedMember): void {
    this.#insert.run(conversationId, accountId, byId, at)
  }

  lift(conversationId: ConversationId, accountId: AccountId): void {
    this.#delete.run(conversationId, accountId)
  }
}

const INSERT = 'INSERT INTO bans (conversation_id, account_id, by_id, at) VALUES (?, ?, ?, ?)'
