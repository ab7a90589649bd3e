import type { AccountId, ConversationId } from '../../core/types.ts'
import {
  type Attachment,
  type AuthoredMessage,
  type Mention,
  type Message,
  type MessageDetails,
  type MessageId,
  type MessagePlace,
  type MessageVersion,
  toMessageId,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { pause } from '../../lib/slices.ts'
import {
  type DetailRow,
  detailsOf,
  type MessageRow,
  messageIn,
  newDetails,
  type PurgedRow,
  plainDetails,
  purgedMessage,
} from '../message-details.ts'
import { entriesOf } from '../search-index.ts'
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
  TouchedRow,
} from '../store.ts'
import { sendOf } from './batch-request.ts'
import type { Queryable } from './driver/index.ts'
import {
  type AuthoredDetails,
  type AuthoredRow,
  authoredDetailsOf,
  authoredOf,
  DETAIL_COLUMNS,
  MESSAGE_COLUMNS,
  SENDER_COLUMNS,
} from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

/** The numbers of a new message. */
type SentNumbers = readonly [
  messageId: number,
  seq: number,
  change: number,
  sentAt: Micros,
  replyTo: MessageId | null,
  // Both are left out where nobody was named, and null where nobody who was named is a member.
  mentions?: readonly Mention[] | null,
  touched?: readonly TouchedRow[] | null,
  // Left out but of replies.
  replyToSeq?: number,
]

/** The database's answer to a send: a new message, or the first one of that client id. */
type Sent =
  | SentNumbers
  | (Omit<Appended, 'message'> & { readonly message: MessageRow })
  // The first one of that client id, which has been purged.
  | { readonly purged: PurgedRow }
  // A new message with files.
  | { readonly sent: SentNumbers; readonly attachments: readonly Attachment[] }

type EditedRow = Omit<Edited, 'message'> & { readonly message: DetailRow }

// A long history is read in pieces, so that the event loop turns in between.
const PIECE = 250

export class PostgresMessages implements MessageStore {
  readonly #writer: WriteQueue
  readonly #find
  readonly #versions
  readonly #seqFrom
  readonly #seqUpTo
  readonly #listOldest
  readonly #listNewest
  readonly #details
  readonly #replies

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#find = prepare<MessageRow>(sql, FIND)
    this.#versions = prepare<MessageVersion>(sql, VERSIONS)
    this.#seqFrom = prepare<{ seq: number }>(sql, 'SELECT chat_seq_from($1, $2) AS seq')
    this.#seqUpTo = prepare<{ seq: number }>(sql, 'SELECT chat_seq_up_to($1, $2) AS seq')
    this.#listOldest = prepare<AuthoredRow>(sql, LIST_OLDEST)
    this.#listNewest = prepare<AuthoredRow>(sql, LIST_NEWEST)
    this.#details = prepare<AuthoredDetails>(sql, DETAILS)
    this.#replies = prepare<AuthoredDetails>(sql, REPLIES)
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#writer.run<Sent, Appended>(sendOf(message), (sent) => appendedOf(sent, message))
  }

  delete(removal: { messageId: MessageId; by: AccountId; at: Micros }): Promise<Deleted> {
    return this.#writer.write('messages.delete', removal)
  }

  remove(removal: Removal): Promise<Removed> {
    return this.#writer.write('messages.remove', removal)
  }

  edit(edit: NewText): Promise<Edited> {
    const words = entriesOf({ ...edit, senderId: edit.by })
    return this.#writer.write(
      'messages.edit',
      { ...edit, ...{ words } },
      ({ message, ...edited }: EditedRow) => ({
        ...edited,
        message: detailsOf(message),
      }),
    )
  }

  versions(
    { conversationId, seq }: MessagePlace,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MessageVersion[]> {
    return this.#versions.all(conversationId, seq, after, limit)
  }

  async find(messageId: MessageId): Promise<Message | undefined> {
    const row = await this.#find.get(messageId)
    return row && messageIn(row)
  }

  async list(page: MessagePage): Promise<readonly AuthoredMessage[]> {
    const { conversationId, limit } = page
    const isForward = page.after !== undefined
    return this.#listBetween(conversationId, { ...(await this.#boundsOf(page)), limit, isForward })
  }

  listPlaces(
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly AuthoredMessage[]> {
    const between = { after: first - 1, before: last + 1, limit: last - first + 1, isForward: true }
    return this.#listBetween(conversationId, between)
  }

  async listDetails(
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly MessageDetails[]> {
    return (await this.#details.all(conversationId, first, last)).map(authoredDetailsOf)
  }

  async listReplies(
    { conversationId, seq }: MessagePlace,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MessageDetails[]> {
    return (await this.#replies.all(conversationId, seq, after, limit)).map(authoredDetailsOf)
  }

  async #listBetween(
    conversationId: ConversationId,
    { limit, isForward, ...bounds }: { after: number; before: number; limit: number; isForward: boolean },
  ): Promise<readonly AuthoredMessage[]> {
    let { after, before } = bounds
    const statement = isForward ? this.#listOldest : this.#listNewest
    const found: AuthoredMessage[] = []
    while (found.length < limit) {
      const wanted = Math.min(PIECE, limit - found.length)
      const rows = await statement.all(conversationId, after, before, wanted)
      await pause()
      for (const row of rows) found.push(authoredOf(row))
      const last = found.at(-1)
      if (rows.length < wanted || last === undefined) break
      if (isForward) after = last.seq
      else before = last.seq
    }
    return isForward ? found : found.reverse()
  }

  /** Places between which the page lies: `after < seq < before`. */
  async #boundsOf({
    conversationId,
    before,
    after,
  }: MessagePage): Promise<{ before: number; after: number }> {
    const [end, start] = await Promise.all([
      before === undefined ? undefined : this.#seqFrom.get(conversationId, before),
      after === undefined ? undefined : this.#seqUpTo.get(conversationId, after),
    ])
    return { before: end?.seq ?? Number.POSITIVE_INFINITY, after: start?.seq ?? 0 }
  }
}

function appendedOf(sent: Sent, message: NewMessage): Appended {
  if ('purged' in sent) {
    const { purged } = sent
    return { message: purgedMessage(purged), change: purged.change, isNew: false }
  }
  if ('message' in sent) return { ...sent, message: messageIn(sent.message) }
  if ('sent' in sent) return newOf(sent.sent, message, { attachments: sent.attachments })
  return newOf(sent, message)
}

function newOf(
  sent: SentNumbers,
  message: NewMessage,
  files: { readonly attachments?: readonly Attachment[] } = {},
): Appended {
  const [id, seq, change, sentAt, quoted, mentions, touched, replyToSeq = null] = sent
  const { conversationId, senderId, clientId, body, extras } = message
  // Quoted by its place, only the database knows its id.
  const replyTo = extras ? quoted : message.replyTo
  const plain = {
    messageId: toMessageId(id),
    conversationId,
    seq,
    senderId,
    replyTo,
    body,
    sentAt,
    editedAt: null,
    ...files,
  }
  if (!extras) return { message: plainDetails(plain, { change, clientId, replyToSeq }), change, isNew: true }
  const named = { ...extras, mentions: mentions ?? [] }
  return {
    message: newDetails(plain, named, { change, clientId }),
    change,
    isNew: true,
    touched: touched ?? [],
  }
}

const FIND = `SELECT ${MESSAGE_COLUMNS} FROM messages t WHERE t.id = $1 AND NOT t.is_deleted`

const VERSIONS = `
  SELECT v.change AS "change", v.body AS "body", v.written_at AS "writtenAt" FROM message_versions v
  WHERE v.conversation_id = $1 AND v.seq = $2 AND v.change > $3 ORDER BY v.change LIMIT $4`

const LIST = `
  SELECT ${MESSAGE_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = $1 AND NOT t.is_deleted AND t.seq > $2 AND t.seq < $3`

const LIST_OLDEST = `${LIST} ORDER BY t.seq LIMIT $4`

const LIST_NEWEST = `${LIST} ORDER BY t.seq DESC LIMIT $4`

const DETAILS = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = $1 AND t.is_deleted IN (false, true) AND t.seq BETWEEN $2 AND $3 ORDER BY t.seq`

const REPLIES = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = $1 AND t.thread = $2 AND t.seq > $3 ORDER BY t.seq LIMIT $4`
