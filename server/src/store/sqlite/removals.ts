import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId } from '../../core/types.ts'
import type {
  AccountRemoved,
  AccountToRemove,
  Bonds,
  Deleted,
  OwnMessages,
  PendingRemoval,
  RemovalProgress,
  RemovalStore,
  RemovedMessage,
} from '../store.ts'
import { read } from './failure.ts'
import { prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteRemovals implements RemovalStore {
  readonly #writer: WriteQueue
  readonly #contactIds
  readonly #blockerIds
  readonly #pending
  readonly #end
  readonly #messages

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#contactIds = prepare<{ id: AccountId }>(
      db,
      'SELECT contact_id AS id FROM contacts WHERE account_id = ?',
    )
    this.#blockerIds = prepare<{ id: AccountId }>(
      db,
      'SELECT blocker_id AS id FROM blocks WHERE blocked_id = ?',
    )
    this.#pending = prepare<Row<PendingRemoval>>(db, PENDING)
    this.#end = prepare<{ upTo: number | null }>(db, END)
    this.#messages = prepare<{ conversationId: ConversationId; seq: number }>(db, MESSAGES)
  }

  remove(removal: AccountToRemove): Promise<AccountRemoved> {
    return this.#writer.write('removals.remove', removal)
  }

  bondsOf(accountId: AccountId): Promise<Bonds> {
    return read(() => ({
      contactIds: this.#contactIds.all(accountId).map(({ id }) => id),
      blockerIds: this.#blockerIds.all(accountId).map(({ id }) => id),
    }))
  }

  pending(): Promise<readonly PendingRemoval[]> {
    return read(() =>
      this.#pending
        .all()
        .map(({ removesMessages, ...row }) => ({ ...row, removesMessages: removesMessages === 1 })),
    )
  }

  takeBack(message: RemovedMessage): Promise<Deleted> {
    return this.#writer.write('removals.takeBack', message)
  }

  note(progress: RemovalProgress): Promise<void> {
    return this.#writer.write('removals.note', progress)
  }

  messagesAfter(accountId: AccountId, messageId: number, limit: number): Promise<OwnMessages> {
    return read(() => {
      const upTo = this.#end.get(messageId, limit)?.upTo ?? null
      const places = upTo === null ? [] : this.#messages.all(messageId, upTo, accountId)
      return { places: places.map(({ conversationId, seq }) => ({ conversationId, seq })), upTo }
    })
  }
}

const PENDING = `
  SELECT account_id AS accountId, message_id AS messageId, removes_messages AS removesMessages FROM account_removals`

const END = 'SELECT max(id) AS upTo FROM (SELECT id FROM messages WHERE id > ? ORDER BY id LIMIT ?)'

const MESSAGES = `
  SELECT conversation_id AS conversationId, seq FROM messages
  WHERE id > ? AND id <= ? AND sender_id = ? AND is_deleted = 0`
