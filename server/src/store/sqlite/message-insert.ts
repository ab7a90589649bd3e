import type { DatabaseSync } from 'node:sqlite'
import type { Message } from '../../core/types.ts'
import { prepare } from './statement.ts'

interface NewMessage
  extends Pick<Message, 'messageId' | 'conversationId' | 'seq' | 'senderId' | 'replyTo' | 'body' | 'sentAt'> {
  readonly change: number
  readonly clientId: string | null
  readonly isMarkdown: boolean
}

/** Columns that are null in a message without what only the native dialect sends. */
interface NativeColumns {
  readonly thread: number | null
  /** JSON. */
  readonly mentions: string | null
  /** JSON. */
  readonly attachments: string | null
}

const NONE: NativeColumns = { thread: null, mentions: null, attachments: null }

/** Writes the row of a message, from whichever dialect. */
export class MessageInsert {
  readonly #insert

  constructor(db: DatabaseSync) {
    this.#insert = prepare(db, INSERT)
  }

  run(message: NewMessage, native: NativeColumns = NONE): void {
    this.#insert.run(
      message.messageId,
      message.conversationId,
      message.seq,
      message.change,
      message.senderId,
      message.clientId,
      message.replyTo,
      message.body,
      message.sentAt,
      message.isMarkdown ? 1 : null,
      native.thread,
      native.mentions,
      native.attachments,
    )
  }
}

const INSERT = `
  INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_id, reply_to, body, sent_at, is_markdown,
    thread, mentions, attachments)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
