import type { DatabaseSync } from 'node:sqlite'
import {
  type AccountId,
  type ConversationId,
  type MessageId,
  type Role,
  toMessageId,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { pairOf } from '../pair.ts'
import { SENT_STRIDE } from '../sent-stride.ts'
import type { Touched } from '../writes.ts'
import { IS_BLOCKED } from './rows.ts'
import { prepare } from './statement.ts'

/** Where a conversation's log ends. */
interface Position {
  lastSeq: number
  lastChange: number
  lastMessageId: MessageId | null
  activityAt: Micros
  /** Not yet in the table. */
  isMoved: boolean
}

interface Speaker {
  /** Null if no member. */
  readonly role: Role | null
  readonly isBlocked: number
  /** As in its row of `members`; 0 of others. */
  sentSeq: number
}

// Conversations, and speakers, that are remembered between batches. With one more all are forgotten.
const MAX_REMEMBERED = 50_000

/**
 * The ends of conversations' logs, which every send reads and moves, in the writer's memory. No other connection
 * writes, so they stay true from batch to batch, and a conversation's row is written once for all sends of a batch.
 */
export class LogHeads {
  readonly #positions = new Map<ConversationId, Position>()
  readonly #speakers = new Map<ConversationId, Map<AccountId, Speaker>>()
  #countSpeakers = 0
  #moved: ConversationId[] = []
  #lastMessageId: MessageId | undefined
  readonly #readLastMessage
  readonly #readPosition
  readonly #readSpeaker
  readonly #findByMessage
  readonly #findByPair
  readonly #write
  readonly #writeSent

  constructor(db: DatabaseSync) {
    this.#readLastMessage = prepare<{ messageId: MessageId | null }>(db, LAST_MESSAGE)
    this.#readPosition = prepare<Omit<Position, 'isMoved'>>(db, POSITION)
    this.#readSpeaker = prepare<Speaker>(db, SPEAKER)
    this.#findByMessage = prepare<Found>(db, FIND_BY_MESSAGE)
    this.#findByPair = prepare<Found>(db, FIND_BY_PAIR)
    this.#write = prepare(db, WRITE)
    this.#writeSent = prepare(db, WRITE_SENT)
  }

  /** Undefined when there is no such conversation. */
  position(conversationId: ConversationId): Readonly<Position> | undefined {
    const known = this.#positions.get(conversationId)
    if (known) return known
    const row = this.#readPosition.get(conversationId)
    if (!row) return undefined
    const { lastSeq, lastChange, lastMessageId, activityAt } = row
    const position = { lastSeq, lastChange, lastMessageId, activityAt, isMoved: false }
    this.#positions.set(conversationId, position)
    return position
  }

  /** The account's right to speak in an existing conversation. */
  speaker(conversationId: ConversationId, accountId: AccountId): Readonly<Speaker> {
    const speakers = this.#speakers.get(conversationId) ?? new Map<AccountId, Speaker>()
    const known = speakers.get(accountId)
    if (known) return known
    const unknown = { role: null, isBlocked: 0, sentSeq: 0 }
    const speaker = this.#readSpeaker.get(accountId, conversationId) ?? unknown
    this.#speakers.set(conversationId, speakers.set(accountId, speaker))
    this.#countSpeakers++
    return speaker
  }

  /**
   * The account, which may speak there, has sent the message of that place: its own messages move its read mark. The row
   * is written only when it is far behind.
   */
  noteSent(conversationId: ConversationId, accountId: AccountId, seq: number): void {
    const speaker = this.#speakers.get(conversationId)?.get(accountId)
    if (!speaker || seq - speaker.sentSeq < SENT_STRIDE) return
    this.#writeSent.run(seq, conversationId, accountId)
    speaker.sentSeq = seq
  }

  /** One more than the highest id in use; `move` then notes that it was used. */
  nextMessageId(): MessageId {
    this.#lastMessageId ??= this.#readLastMessage.get()?.messageId ?? toMessageId(0)
    return toMessageId(this.#lastMessageId + 1)
  }

  /** The log has grown by that message. */
  move(conversationId: ConversationId, { messageId, at }: { messageId: MessageId; at: Micros }): void {
    const position = this.#positions.get(conversationId)
    if (!position) throw new Error('a move from nowhere')
    this.#lastMessageId = messageId
    position.lastSeq++
    position.lastChange++
    position.lastMessageId = messageId
    position.activityAt = at
    if (position.isMoved) return
    position.isMoved = true
    this.#moved.push(conversationId)
  }

  /**
   * Before any other write: the rows that it reads are written, and what it changes is forgotten, so that the next send
   * reads it anew.
   */
  makeWay({
    conversationId,
    messageId,
    reads,
    readsPair,
    memberships,
    blocking,
    isAccountRemoved,
  }: Touched): void {
    if (reads !== undefined) this.#settle(reads)
    if (readsPair) this.#settle(this.#findByPair.get(pairOf(readsPair))?.conversationId)
    if (conversationId !== undefined) this.#forgetPosition(conversationId)
    if (messageId !== undefined) this.#forgetPosition(this.#findByMessage.get(messageId)?.conversationId)
    for (const each of memberships ?? []) this.#forgetSpeaker(each.conversationId, each.accountId)
    if (isAccountRemoved) this.#forgetAllSpeakers()
    if (blocking) this.#forgetSpeakers(this.#findByPair.get(pairOf(blocking))?.conversationId)
  }

  /** Writes what has moved, before the commit. */
  settle(): void {
    for (const conversationId of this.#moved) this.#settle(conversationId)
    this.#moved = []
    if (this.#positions.size > MAX_REMEMBERED || this.#countSpeakers > MAX_REMEMBERED) this.forget()
  }

  /** After a rollback. */
  forget(): void {
    this.#positions.clear()
    this.#forgetAllSpeakers()
    this.#moved = []
    this.#lastMessageId = undefined
  }

  #settle(conversationId: ConversationId | undefined): void {
    if (conversationId === undefined) return
    const position = this.#positions.get(conversationId)
    if (!position?.isMoved) return
    const { lastSeq, lastChange, lastMessageId, activityAt } = position
    this.#write.run(lastSeq, lastChange, lastMessageId, activityAt, conversationId)
    position.isMoved = false
  }

  #forgetPosition(conversationId: ConversationId | undefined): void {
    this.#settle(conversationId)
    if (conversationId !== undefined) this.#positions.delete(conversationId)
  }

  #forgetSpeaker(conversationId: ConversationId, accountId: AccountId): void {
    if (this.#speakers.get(conversationId)?.delete(accountId)) this.#countSpeakers--
  }

  #forgetAllSpeakers(): void {
    this.#speakers.clear()
    this.#countSpeakers = 0
  }

  #forgetSpeakers(conversationId: ConversationId | undefined): void {
    if (conversationId === undefined) return
    this.#countSpeakers -= this.#speakers.get(conversationId)?.size ?? 0
    this.#speakers.delete(conversationId)
  }
}

interface Found {
  readonly conversationId: ConversationId
}

const FIND_BY_MESSAGE = 'SELECT conversation_id AS conversationId FROM messages WHERE id = ?'

const FIND_BY_PAIR = 'SELECT id AS conversationId FROM conversations WHERE pair = ?'

// No id is given again, also when its message has been purged.
const LAST_MESSAGE = `
  SELECT max(coalesce((SELECT max(id) FROM messages), 0), coalesce((
    SELECT max(purged_id) FROM conversations WHERE purged_id IS NOT NULL), 0)) AS messageId`

const POSITION = `
  SELECT last_seq AS lastSeq, last_change AS lastChange, last_message_id AS lastMessageId,
    activity_at AS activityAt
  FROM conversations WHERE id = ?`

const SPEAKER = `
  SELECT m.role AS role, ${IS_BLOCKED}, coalesce(m.sent_seq, 0) AS sentSeq
  FROM conversations c LEFT JOIN members m ON m.conversation_id = c.id AND m.account_id = ?1
  WHERE c.id = ?2`

const WRITE_SENT = `
  UPDATE members SET sent_seq = ?1, read_seq = max(read_seq, ?1) WHERE conversation_id = ?2 AND account_id = ?3`

const WRITE = `
  UPDATE conversations SET last_seq = ?, last_change = ?, last_message_id = ?, activity_at = ? WHERE id = ?`
