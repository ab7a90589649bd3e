import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { type MessageRow, messageIn } from '../message-details.ts'
import type { Appended } from '../store.ts'
import type { FileWrites } from './files-writes.ts'
import type { LogHeads } from './log-heads.ts'
import type { MentionWrites } from './mentions-writes.ts'
import { MessageInsert } from './message-insert.ts'
import { NativeWrites } from './natives-writes.ts'
import { isFull, type PackedAppended, type PackedMessage } from './packed-message.ts'
import type { PurgedSends } from './purged-sends.ts'
import { MESSAGE_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

interface LogPosition {
  readonly lastSeq: number
  readonly lastChange: number
  readonly activityAt: Micros
}

interface MessageWritesParts {
  readonly heads: LogHeads
  readonly mentions: MentionWrites
  readonly files: FileWrites
  readonly purgedSends: PurgedSends
}

export class MessageWrites {
  readonly #heads: LogHeads
  readonly #findFirst
  readonly #purgedSends: PurgedSends
  readonly #findQuoted
  readonly #insert
  readonly #natives: NativeWrites

  constructor(db: DatabaseSync, { heads, mentions, files, purgedSends }: MessageWritesParts) {
    this.#heads = heads
    this.#findFirst = prepare<MessageRow & { change: number }>(db, FIND_FIRST)
    this.#purgedSends = purgedSends
    this.#findQuoted = prepare<{ seq: number }>(db, FIND_QUOTED)
    this.#insert = new MessageInsert(db)
    this.#natives = new NativeWrites(db, { mentions, files, insert: this.#insert })
  }

  /** Checks everything before it writes anything. */
  append(message: PackedMessage): PackedAppended {
    const [conversationId, senderId, clientId, replyTo, body, at, extras] = message
    const first = clientId === null ? undefined : this.#first(senderId, clientId)
    if (first) {
      if (extras && first.message.conversationId !== conversationId)
        throw new ChatError('conflict', { conversationId })
      return first
    }
    const { lastSeq, lastChange, activityAt } = this.#requireMaySend(conversationId, senderId)
    const replyToSeq = replyTo === null ? undefined : this.#quoted(conversationId, replyTo)
    const seq = lastSeq + 1
    const change = lastChange + 1
    const messageId = this.#heads.nextMessageId()
    const sentAt = Math.max(at, activityAt + 1)
    if (isFull(extras)) {
      const sent = { messageId, conversationId, seq, senderId, replyTo: null, body, sentAt, editedAt: null }
      const stored = this.#natives.append(sent, extras, { change, clientId })
      this.#heads.noteSent(conversationId, senderId, seq)
      this.#heads.move(conversationId, { messageId, at: sentAt })
      return stored
    }
    const isMarkdown = extras === 'markdown'
    const row = {
      messageId,
      conversationId,
      seq,
      change,
      senderId,
      clientId,
      replyTo,
      body,
      sentAt,
      isMarkdown,
    }
    this.#insert.run(row)
    this.#heads.noteSent(conversationId, senderId, seq)
    this.#heads.move(conversationId, { messageId, at: sentAt })
    if (replyToSeq !== undefined) return [messageId, seq, change, sentAt, replyToSeq]
    return sentAt === at ? [messageId, seq, change] : [messageId, seq, change, sentAt]
  }

  /** The message that was stored with that client id, whatever has become of it. */
  #first(senderId: AccountId, clientId: string): Appended | undefined {
    const first = this.#findFirst.get(senderId, clientId)
    if (first) {
      const { change, ...stored } = first
      return { message: messageIn(stored), change, isNew: false }
    }
    return this.#purgedSends.find(senderId, clientId)
  }

  /** Answers where the conversation's log ends. */
  #requireMaySend(conversationId: ConversationId, senderId: AccountId): LogPosition {
    const position = this.#heads.position(conversationId)
    if (!position) throw new ChatError('unknown_conversation', { conversationId })
    const { role, isBlocked } = this.#heads.speaker(conversationId, senderId)
    if (role === null) throw new ChatError('not_a_member', { conversationId })
    if (isBlocked || role === 'reader') throw new ChatError('message_refused', { conversationId })
    return position
  }

  #quoted(conversationId: ConversationId, messageId: MessageId): number {
    const quoted = this.#findQuoted.get(messageId, conversationId)
    if (!quoted) throw new ChatError('unknown_reply', { messageId })
    return quoted.seq
  }
}

const FIND_FIRST = `
  SELECT ${MESSAGE_COLUMNS}, t.change AS change FROM messages t WHERE t.sender_id = ? AND t.client_id = ?`

const FIND_QUOTED = `
  SELECT seq FROM messages WHERE id = ? AND conversation_id = ? AND is_deleted = 0`
