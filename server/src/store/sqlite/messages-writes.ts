import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import {
  type AccountId,
  type ConversationId,
  type Message,
  type MessageId,
  toMessageId,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Appended, Deleted, NewMessage } from '../store.ts'
import type { Changes } from './changes.ts'
import { IS_BLOCKED, MESSAGE_COLUMNS } from './rows.ts'
import { prepare, type Row } from './statement.ts'

interface SenderFacts {
  readonly lastSeq: number
  readonly lastChange: number
  readonly isMember: number
  readonly isBlocked: number
}
interface Removable {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly senderId: AccountId
}
type Removal = { readonly messageId: MessageId; readonly by: AccountId; readonly at: Micros }

export class MessageWrites {
  readonly #changes: Changes
  readonly #facts
  readonly #findFirst
  readonly #isQuotable
  readonly #insert
  readonly #moveConversation
  readonly #findRemovable
  readonly #wipe
  readonly #findNewest
  readonly #settleLast

  constructor(db: DatabaseSync, changes: Changes) {
    this.#changes = changes
    this.#facts = prepare<SenderFacts>(db, SENDER_FACTS)
    this.#findFirst = prepare<Row<Message> & { change: number }>(db, FIND_FIRST)
    this.#isQuotable = prepare(db, IS_QUOTABLE)
    this.#insert = prepare(db, INSERT)
    this.#moveConversation = prepare(db, MOVE_CONVERSATION)
    this.#findRemovable = prepare<Removable>(db, FIND_REMOVABLE)
    this.#wipe = prepare(db, "UPDATE messages SET body = '', deleted_at = ? WHERE id = ?")
    this.#findNewest = prepare<{ messageId: MessageId; sentAt: Micros }>(db, FIND_NEWEST)
    this.#settleLast = prepare(db, SETTLE_LAST)
  }

  /** Checks everything before it writes anything. */
  append(message: NewMessage): Appended {
    const { conversationId, senderId, clientId, replyTo, body, at } = message
    const first = clientId === null ? undefined : this.#findFirst.get(senderId, clientId)
    if (first) {
      const { change, ...stored } = first
      return { message: stored, change, isNew: false }
    }
    const { lastSeq, lastChange } = this.#requireMaySend(message)
    const seq = lastSeq + 1
    const change = lastChange + 1
    const { lastInsertRowid } = this.#insert.run(
      ...[conversationId, seq, change, senderId, clientId, replyTo, body, at],
    )
    const messageId = toMessageId(lastInsertRowid)
    this.#moveConversation.run(seq, change, messageId, at, conversationId)
    return {
      message: { messageId, conversationId, seq, senderId, replyTo, body, sentAt: at },
      change,
      isNew: true,
    }
  }

  delete({ messageId, by, at }: Removal): Deleted {
    const found = this.#findRemovable.get(by, messageId)
    if (!found) throw new ChatError('unknown_message', { messageId })
    const { conversationId, seq, senderId } = found
    if (senderId !== by) throw new ChatError('not_the_owner', { messageId })
    this.#wipe.run(at, messageId)
    const newest = this.#findNewest.get(conversationId)
    this.#settleLast.run(newest?.messageId ?? null, newest?.sentAt ?? null, conversationId, messageId)
    const change = this.#changes.record({ conversationId, kind: 'deleted', accountId: by, messageId, at })
    return { conversationId, messageId, seq, change }
  }

  #requireMaySend({ conversationId, senderId, replyTo }: NewMessage): SenderFacts {
    const facts = this.#facts.get(senderId, conversationId)
    if (!facts) throw new ChatError('unknown_conversation', { conversationId })
    if (!facts.isMember) throw new ChatError('not_a_member', { conversationId })
    if (facts.isBlocked) throw new ChatError('message_refused', { conversationId })
    if (replyTo !== null && !this.#isQuotable.get(replyTo, conversationId))
      throw new ChatError('unknown_reply', { messageId: replyTo })
    return facts
  }
}

const SENDER_FACTS = `
  SELECT c.last_seq AS lastSeq, c.last_change AS lastChange, m.id IS NOT NULL AS isMember, ${IS_BLOCKED}
  FROM conversations c LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = ?1
  WHERE c.id = ?2`

const FIND_FIRST = `
  SELECT ${MESSAGE_COLUMNS}, t.change AS change FROM messages t WHERE t.sender_id = ? AND t.client_id = ?`

const IS_QUOTABLE = `
  SELECT 1 FROM messages WHERE id = ? AND conversation_id = ? AND deleted_at IS NULL`

const INSERT = `
  INSERT INTO messages (conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

const MOVE_CONVERSATION = `
  UPDATE conversations SET last_seq = ?, last_change = ?, last_message_id = ?, activity_at = ? WHERE id = ?`

const FIND_REMOVABLE = `
  SELECT t.conversation_id AS conversationId, t.seq AS seq, t.sender_id AS senderId
  FROM members m JOIN messages t ON t.conversation_id = m.conversation_id
  WHERE m.account_id = ?1 AND t.id = ?2 AND t.deleted_at IS NULL`

const FIND_NEWEST = `
  SELECT id AS messageId, sent_at AS sentAt FROM messages
  WHERE conversation_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1`

// Only if the message that went was the last one.
const SETTLE_LAST = `
  UPDATE conversations SET last_message_id = ?, activity_at = coalesce(?, updated_at)
  WHERE id = ? AND last_message_id = ?`
