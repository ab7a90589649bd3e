import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, Message, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Deleted, NewMessage } from '../store.ts'
import type { Changes } from './changes.ts'
import type { LogHeads } from './log-heads.ts'
import type { PackedAppended, PackedMessage } from './packed-message.ts'
import { MESSAGE_COLUMNS } from './rows.ts'
import { prepare, type Row } from './statement.ts'

interface Removable {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly senderId: AccountId
}
type Removal = { readonly messageId: MessageId; readonly by: AccountId; readonly at: Micros }

export class MessageWrites {
  readonly #changes: Changes
  readonly #heads: LogHeads
  readonly #findFirst
  readonly #isQuotable
  readonly #insert
  readonly #findRemovable
  readonly #wipe
  readonly #dropVersions
  readonly #findNewest
  readonly #settleLast

  constructor(db: DatabaseSync, { changes, heads }: { changes: Changes; heads: LogHeads }) {
    this.#changes = changes
    this.#heads = heads
    this.#findFirst = prepare<Row<Message> & { change: number }>(db, FIND_FIRST)
    this.#isQuotable = prepare(db, IS_QUOTABLE)
    this.#insert = prepare(db, INSERT)
    this.#findRemovable = prepare<Removable>(db, FIND_REMOVABLE)
    this.#wipe = prepare(db, WIPE)
    this.#dropVersions = prepare(db, 'DELETE FROM message_versions WHERE conversation_id = ? AND seq = ?')
    this.#findNewest = prepare<{ messageId: MessageId; sentAt: Micros }>(db, FIND_NEWEST)
    this.#settleLast = prepare(db, SETTLE_LAST)
  }

  /** Checks everything before it writes anything. */
  append(message: PackedMessage): PackedAppended {
    const [conversationId, senderId, clientId, replyTo, body, at] = message
    const first = clientId === null ? undefined : this.#findFirst.get(senderId, clientId)
    if (first) {
      const { change, ...stored } = first
      return { message: { ...stored }, change, isNew: false }
    }
    const { lastSeq, lastChange, activityAt } = this.#requireMaySend({ conversationId, senderId, replyTo })
    const seq = lastSeq + 1
    const change = lastChange + 1
    const messageId = this.#heads.nextMessageId()
    const sentAt = Math.max(at, activityAt + 1)
    this.#insert.run(messageId, conversationId, seq, change, senderId, clientId, replyTo, body, sentAt)
    this.#heads.move(conversationId, { messageId, at: sentAt })
    return sentAt === at ? [messageId, seq, change] : [messageId, seq, change, sentAt]
  }

  delete({ messageId, by, at }: Removal): Deleted {
    const found = this.#findRemovable.get(by, messageId)
    if (!found) throw new ChatError('unknown_message', { messageId })
    const { conversationId, seq, senderId } = found
    if (senderId !== by) throw new ChatError('not_the_owner', { messageId })
    this.#wipe.run(at, messageId)
    this.#dropVersions.run(conversationId, seq)
    const newest = this.#findNewest.get(conversationId)
    this.#settleLast.run(newest?.messageId ?? null, newest?.sentAt ?? null, conversationId, messageId)
    const change = this.#changes.record({ conversationId, kind: 'deleted', accountId: by, messageId, at })
    return { conversationId, messageId, seq, change }
  }

  /** Answers where the conversation's log ends. */
  #requireMaySend({
    conversationId,
    senderId,
    replyTo,
  }: Pick<NewMessage, 'conversationId' | 'senderId' | 'replyTo'>): {
    readonly lastSeq: number
    readonly lastChange: number
    readonly activityAt: Micros
  } {
    const position = this.#heads.position(conversationId)
    if (!position) throw new ChatError('unknown_conversation', { conversationId })
    const { isMember, isBlocked } = this.#heads.speaker(conversationId, senderId)
    if (!isMember) throw new ChatError('not_a_member', { conversationId })
    if (isBlocked) throw new ChatError('message_refused', { conversationId })
    if (replyTo !== null && !this.#isQuotable.get(replyTo, conversationId))
      throw new ChatError('unknown_reply', { messageId: replyTo })
    return position
  }
}

const FIND_FIRST = `
  SELECT ${MESSAGE_COLUMNS}, t.change AS change FROM messages t WHERE t.sender_id = ? AND t.client_id = ?`

const IS_QUOTABLE = `
  SELECT 1 FROM messages WHERE id = ? AND conversation_id = ? AND is_deleted = 0`

const INSERT = `
  INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

const WIPE = "UPDATE messages SET body = '', is_deleted = 1, deleted_at = ? WHERE id = ?"

const FIND_REMOVABLE = `
  SELECT t.conversation_id AS conversationId, t.seq AS seq, t.sender_id AS senderId
  FROM members m JOIN messages t ON t.conversation_id = m.conversation_id
  WHERE m.account_id = ?1 AND t.id = ?2 AND t.is_deleted = 0`

const FIND_NEWEST = `
  SELECT id AS messageId, sent_at AS sentAt FROM messages
  WHERE conversation_id = ? AND is_deleted = 0 ORDER BY seq DESC LIMIT 1`

// Only if the message that went was the last one.
const SETTLE_LAST = `
  UPDATE conversations SET last_message_id = ?, activity_at = coalesce(?, updated_at)
  WHERE id = ? AND last_message_id = ?`
