import type { DatabaseSync } from 'node:sqlite'
import {
  type AccountId,
  type AuthoredMessage,
  type ConversationId,
  type Message,
  type MessageDetails,
  type MessageId,
  type MessagePlace,
  type MessageVersion,
  toSender,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { attachmentsIn, type MessageRow, messageIn } from '../message-details.ts'
import type {
  Appended,
  Deleted,
  Edited,
  MessagePage,
  MessageStore,
  NewMessage,
  NewText,
  Removal,
  Removed,
} from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { BODY, type StoredBody, textOf } from './bodies.ts'
import { read } from './failure.ts'
import { DetailsReader } from './message-details.ts'
import { pack } from './packed-message.ts'
import { PageFinder } from './page-bounds.ts'
import { readInPieces } from './pieces.ts'
import { MESSAGE_COLUMNS } from './rows.ts'
import { prepare, prepareTuples, type Statement } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type ListedRange = readonly [conversationId: ConversationId, after: number, before: number, limit: number]

type ListedRow = readonly [
  messageId: MessageId,
  seq: number,
  senderId: AccountId,
  replyTo: MessageId | null,
  body: StoredBody,
  sentAt: Micros,
  editedAt: Micros | null,
  attachments: string | null,
]

export class SqliteMessages implements MessageStore {
  readonly #writer: WriteQueue
  readonly #accounts: AccountReader
  readonly #pages: PageFinder
  readonly #details: DetailsReader
  readonly #find
  readonly #versions
  readonly #listOldest
  readonly #listNewest

  constructor(db: DatabaseSync, writer: WriteQueue, accounts: AccountReader) {
    this.#writer = writer
    this.#accounts = accounts
    this.#pages = new PageFinder(db)
    this.#details = new DetailsReader(db, accounts)
    this.#find = prepare<MessageRow>(db, FIND)
    this.#versions = prepare<MessageVersion>(db, VERSIONS)
    this.#listOldest = prepareTuples<ListedRow>(db, LIST_OLDEST)
    this.#listNewest = prepareTuples<ListedRow>(db, LIST_NEWEST)
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#writer.write('messages.append', pack(message))
  }

  delete(removal: { messageId: MessageId; by: AccountId; at: Micros }): Promise<Deleted> {
    return this.#writer.write('messages.delete', removal)
  }

  remove(removal: Removal): Promise<Removed> {
    return this.#writer.write('messages.remove', removal)
  }

  edit(edit: NewText): Promise<Edited> {
    return this.#writer.write('messages.edit', edit)
  }

  versions(
    { conversationId, seq }: MessagePlace,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MessageVersion[]> {
    return read(() => this.#versions.all(conversationId, seq, after, limit).map((row) => ({ ...row })))
  }

  find(messageId: MessageId): Promise<Message | undefined> {
    return read(() => {
      const row = this.#find.get(messageId)
      return row && messageIn(row)
    })
  }

  async list(page: MessagePage): Promise<readonly AuthoredMessage[]> {
    const { conversationId, limit } = page
    const { after, before } = await read(() => this.#pages.boundsOf(page))
    if (page.after !== undefined) return this.#listBetween(conversationId, { after, before, limit })
    const newest = await readInPieces<AuthoredMessage>(limit, (wanted, last) =>
      this.#read(this.#listNewest, [conversationId, after, last?.seq ?? before, wanted]),
    )
    return newest.reverse()
  }

  listPlaces(
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly AuthoredMessage[]> {
    const between = { after: first - 1, before: last + 1, limit: last - first + 1 }
    return this.#listBetween(conversationId, between)
  }

  listDetails(
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly MessageDetails[]> {
    return this.#details.list(conversationId, places)
  }

  listReplies(
    thread: MessagePlace,
    page: { after: number; limit: number },
  ): Promise<readonly MessageDetails[]> {
    return this.#details.listReplies(thread, page)
  }

  #listBetween(
    conversationId: ConversationId,
    { after, before, limit }: { after: number; before: number; limit: number },
  ): Promise<AuthoredMessage[]> {
    return readInPieces<AuthoredMessage>(limit, (wanted, last) =>
      this.#read(this.#listOldest, [conversationId, last?.seq ?? after, before, wanted]),
    )
  }

  #read(statement: Statement<ListedRow>, [conversationId, ...range]: ListedRange): AuthoredMessage[] {
    return statement.all(conversationId, ...range).map((row) => this.#withSender(conversationId, row))
  }

  #withSender(
    conversationId: ConversationId,
    [messageId, seq, senderId, replyTo, body, sentAt, editedAt, attachments]: ListedRow,
  ): AuthoredMessage {
    const account = this.#accounts.find(senderId)
    if (!account) throw new Error('a message without its sender')
    const message = {
      messageId,
      conversationId,
      seq,
      senderId,
      replyTo,
      body: textOf(body),
      sentAt,
      editedAt,
      sender: toSender(account),
    }
    // Spared almost every message.
    return attachments === null ? message : { ...message, ...attachmentsIn(attachments) }
  }
}

const FIND = `SELECT ${MESSAGE_COLUMNS} FROM messages t WHERE t.id = ? AND t.is_deleted = 0`

const VERSIONS = `
  SELECT v.change AS change, v.body AS body, v.written_at AS writtenAt FROM message_versions v
  WHERE v.conversation_id = ? AND v.seq = ? AND v.change > ? ORDER BY v.change LIMIT ?`

const LIST = `
  SELECT t.id, t.seq, t.sender_id, t.reply_to, ${BODY}, t.sent_at, t.edited_at, t.attachments FROM messages t
  WHERE t.conversation_id = ?1 AND t.is_deleted = 0 AND t.seq > ?2 AND t.seq < ?3`

const LIST_OLDEST = `${LIST} ORDER BY t.seq LIMIT ?4`

const LIST_NEWEST = `${LIST} ORDER BY t.seq DESC LIMIT ?4`
