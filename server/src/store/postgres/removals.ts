import type { AccountId, ConversationId } from '../../core/types.ts'
import { removedNames } from '../removed-name.ts'
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
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresRemovals implements RemovalStore {
  readonly #writer: WriteQueue
  readonly #contactIds
  readonly #blockerIds
  readonly #pending
  readonly #end
  readonly #messages

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#contactIds = prepare<{ id: AccountId }>(
      sql,
      'SELECT contact_id AS id FROM contacts WHERE account_id = $1',
    )
    this.#blockerIds = prepare<{ id: AccountId }>(
      sql,
      'SELECT blocker_id AS id FROM blocks WHERE blocked_id = $1',
    )
    this.#pending = prepare<PendingRemoval>(sql, PENDING)
    this.#end = prepare<{ upTo: number | null }>(sql, END)
    this.#messages = prepare<{ conversationId: ConversationId; seq: number }>(sql, MESSAGES)
  }

  remove(removal: AccountToRemove): Promise<AccountRemoved> {
    const names = removedNames(removal.accountId, removal.uuid)
    return this.#writer.write('removals.remove', { ...removal, ...{ names } })
  }

  async bondsOf(accountId: AccountId): Promise<Bonds> {
    const [contacts, blockers] = await Promise.all([
      this.#contactIds.all(accountId),
      this.#blockerIds.all(accountId),
    ])
    return { contactIds: contacts.map(({ id }) => id), blockerIds: blockers.map(({ id }) => id) }
  }

  pending(): Promise<readonly PendingRemoval[]> {
    return this.#pending.all()
  }

  takeBack(message: RemovedMessage): Promise<Deleted> {
    return this.#writer.write('removals.takeBack', message)
  }

  note(progress: RemovalProgress): Promise<void> {
    return this.#writer.write('removals.note', progress)
  }

  async messagesAfter(accountId: AccountId, messageId: number, limit: number): Promise<OwnMessages> {
    const upTo = (await this.#end.get(messageId, limit))?.upTo ?? null
    const places = upTo === null ? [] : await this.#messages.all(messageId, upTo, accountId)
    return { places, upTo }
  }
}

const PENDING = `
  SELECT account_id AS "accountId", message_id AS "messageId", removes_messages AS "removesMessages"
  FROM account_removals`

const END =
  'SELECT max(id) AS "upTo" FROM (SELECT id FROM messages WHERE id > $1 ORDER BY id LIMIT $2) looked_at'

const MESSAGES = `
  SELECT conversation_id AS "conversationId", seq FROM messages
  WHERE id > $1 AND id <= $2 AND sender_id = $3 AND NOT is_deleted`
