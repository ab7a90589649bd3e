import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, MessageDetails, MessageId } from '../../core/types.ts'
import { toSender } from '../../core/types.ts'
import { type ChangeRow, type LogExtent, merged, type SentRow, TELLS_MESSAGE } from '../logged-changes.ts'
import { type DetailRow, detailsOf } from '../message-details.ts'
import type { ChangeStore, LoggedChange } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import type { ConversationReader } from './conversation-reader.ts'
import { read } from './failure.ts'
import { DETAIL_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

type MessageRow = DetailRow & { readonly change: number; readonly isDeleted: number }

export class SqliteChanges implements ChangeStore {
  readonly #accounts: AccountReader
  readonly #conversations: ConversationReader
  readonly #joining
  readonly #extent
  readonly #sent
  readonly #others
  readonly #find

  constructor(db: DatabaseSync, accounts: AccountReader, conversations: ConversationReader) {
    this.#conversations = conversations
    this.#accounts = accounts
    this.#joining = prepare<{ change: number }>(db, JOINING)
    this.#extent = prepare<LogExtent>(db, EXTENT)
    this.#sent = prepare<MessageRow>(db, SENT)
    this.#others = prepare<Omit<ChangeRow, 'message'>>(db, OTHERS)
    this.#find = prepare<DetailRow>(db, FIND)
  }

  last(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>> {
    return read(() => {
      const found = new Map<ConversationId, number>()
      for (const id of conversationIds) {
        const last = this.#conversations.lastChange(id)
        if (last !== undefined) found.set(id, last)
      }
      return found
    })
  }

  joining(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, number>> {
    return read(() => {
      const found = conversationIds.map((id) => [id, this.#joining.get(accountId, id)?.change] as const)
      return new Map(found.flatMap(([id, change]) => (change === undefined ? [] : [[id, change]])))
    })
  }

  since(conversationId: ConversationId, after: number, limit: number): Promise<readonly LoggedChange[]> {
    return read(() => {
      const extent = this.#extent.get(conversationId, after)
      if (!extent) return []
      const { seq } = extent
      // The deleted last: one that is deleted between the two readings is then in both, not in neither.
      const sent = [0, 1].flatMap((isDeleted) => this.#sent.all(conversationId, isDeleted, seq, limit))
      const others = this.#others
        .all(conversationId, after, limit)
        .map((row) => ({ ...row, message: TELLS_MESSAGE.has(row.kind) ? this.#told(row) : undefined }))
      return merged(after, { sent: sent.map((row) => this.#sentOf(row)), others, extent }, limit)
    })
  }

  #sentOf({ change, isDeleted, ...message }: MessageRow): SentRow {
    if (isDeleted === 1) return { change, message: undefined }
    return { change, message: this.#authored(message) }
  }

  #told({ messageId }: { readonly messageId: MessageId | null }): MessageDetails | undefined {
    const message = messageId === null ? undefined : this.#find.get(messageId)
    return message && this.#authored(message)
  }

  #authored(message: DetailRow): MessageDetails {
    const account = this.#accounts.find(message.senderId)
    if (!account) throw new Error('a message without its sender')
    return { ...detailsOf(message), sender: toSender(account) }
  }
}

/** A member without a joining was there from the beginning. */
const JOINING = `
  SELECT coalesce((
    SELECT max(h.change) FROM changes h
    WHERE h.conversation_id = m.conversation_id AND h.kind = 'joined' AND h.account_id = ?1), 1) AS change
  FROM members m WHERE m.account_id = ?1 AND m.conversation_id = ?2`

/** The last message up to a change is found by its seq: see the table of changes. */
const EXTENT = `
  SELECT c.first_seq AS firstSeq, c.last_change AS lastChange, coalesce((
    SELECT h.last_seq + ?2 - h.change FROM changes h
    WHERE h.conversation_id = c.id AND h.change <= ?2 ORDER BY h.change DESC LIMIT 1), 0) AS seq
  FROM conversations c WHERE c.id = ?1`

const SENT = `
  SELECT ${DETAIL_COLUMNS}, t.body AS body, t.change AS change, t.is_deleted AS isDeleted FROM messages t
  WHERE t.conversation_id = ? AND t.is_deleted = ? AND t.seq > ? ORDER BY t.seq LIMIT ?`

const FIND = `SELECT ${DETAIL_COLUMNS}, t.body AS body FROM messages t WHERE t.id = ? AND t.is_deleted = 0`

const OTHERS = `
  SELECT h.change AS change, h.kind AS kind, h.account_id AS accountId, h.message_id AS messageId,
    (SELECT t.seq FROM messages t WHERE t.id = h.message_id) AS seq, h.at AS at, h.data AS data
  FROM changes h WHERE h.conversation_id = ?1 AND h.change > ?2 ORDER BY h.change LIMIT ?3`
