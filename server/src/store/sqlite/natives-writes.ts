import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { ConversationId, Message, MessageId } from '../../core/types.ts'
import { newDetails } from '../message-details.ts'
import type { Appended, Extras } from '../store.ts'
import type { FileWrites } from './files-writes.ts'
import { type MentionWrites, textOf } from './mentions-writes.ts'
import type { MessageInsert } from './message-insert.ts'
import { prepare } from './statement.ts'

interface NativeWritesParts {
  readonly mentions: MentionWrites
  readonly files: FileWrites
  readonly insert: MessageInsert
}

/** Stores messages that have what only the native dialect sends. */
export class NativeWrites {
  readonly #mentions: MentionWrites
  readonly #files: FileWrites
  readonly #findQuoted
  readonly #isRoot
  readonly #insert
  readonly #countReply

  constructor(db: DatabaseSync, { mentions, files, insert }: NativeWritesParts) {
    this.#files = files
    this.#mentions = mentions
    this.#findQuoted = prepare<{ messageId: MessageId }>(db, FIND_QUOTED)
    this.#isRoot = prepare(db, IS_ROOT)
    this.#insert = insert
    this.#countReply = prepare(db, COUNT_REPLY)
  }

  /** Checks everything before it writes anything. */
  append(
    sent: Message,
    extras: Extras,
    { change, clientId }: { change: number; clientId: string | null },
  ): Appended {
    const { conversationId, seq, senderId } = sent
    const { format, thread, replyToSeq, files } = extras
    const replyTo = replyToSeq === null ? null : this.#quoted(conversationId, replyToSeq)
    if (thread !== null && !this.#isRoot.get(conversationId, thread))
      throw new ChatError('thread_refused', { conversationId, seq: thread })
    const mentions = this.#mentions.ofMembers(conversationId, extras.mentions)
    const attachments = files && this.#files.ofSender(senderId, files)
    this.#insert.run(
      { ...sent, change, clientId, replyTo, isMarkdown: format === 'markdown' },
      { thread, mentions: textOf(mentions), attachments: attachments ? JSON.stringify(attachments) : null },
    )
    if (attachments) this.#files.attach(sent, attachments)
    if (thread !== null) this.#countReply.run(seq, change, conversationId, thread)
    const touched = this.#mentions.add(sent, mentions)
    const told = { ...sent, replyTo, ...(attachments && { attachments }) }
    const message = newDetails(told, { ...extras, mentions }, { change, clientId })
    return { message, change, isNew: true, touched }
  }

  #quoted(conversationId: ConversationId, seq: number): MessageId {
    const quoted = this.#findQuoted.get(conversationId, seq)
    if (!quoted) throw new ChatError('unknown_reply', { seq })
    return quoted.messageId
  }
}

const FIND_QUOTED = `
  SELECT id AS messageId FROM messages WHERE conversation_id = ? AND is_deleted = 0 AND seq = ?`

const IS_ROOT = `
  SELECT 1 FROM messages WHERE conversation_id = ? AND is_deleted = 0 AND seq = ? AND thread IS NULL`

const COUNT_REPLY = `
  UPDATE messages SET reply_count = coalesce(reply_count, 0) + 1, last_reply_seq = ?, version = ?
  WHERE conversation_id = ? AND is_deleted = 0 AND seq = ?`
