import type { DatabaseSync } from 'node:sqlite'
import type { ConversationId } from '../../core/types.ts'
import type { MessagePage } from '../store.ts'
import { prepare } from './statement.ts'

/** Places in a conversation between which a page lies: `after < seq < before`. */
interface PageBounds {
  readonly after: number
  readonly before: number
}

const END = Number.MAX_SAFE_INTEGER

/** Clients page by message id, the log is kept by seq: within a conversation both have one order. */
export class PageFinder {
  readonly #seqOf
  readonly #nextFrom
  readonly #lastSeq

  constructor(db: DatabaseSync) {
    this.#seqOf = prepare<{ seq: number }>(db, SEQ_OF)
    this.#nextFrom = prepare<{ seq: number; messageId: number }>(db, NEXT_FROM)
    this.#lastSeq = prepare<{ lastSeq: number }>(db, LAST_SEQ)
  }

  boundsOf({ conversationId, before, after }: MessagePage): PageBounds {
    return {
      before: before === undefined || before >= END ? END : this.#firstFrom(conversationId, before),
      after: after === undefined ? 0 : this.#lastUpTo(conversationId, after),
    }
  }

  #lastUpTo(conversationId: ConversationId, messageId: number): number {
    const exact = this.#seqOf.get(messageId, conversationId)
    return exact?.seq ?? this.#search(conversationId, messageId) - 1
  }

  #firstFrom(conversationId: ConversationId, messageId: number): number {
    const exact = this.#seqOf.get(messageId, conversationId)
    return exact?.seq ?? this.#search(conversationId, messageId)
  }

  /** The seq of the first message that is not below an id of some other conversation, in log2(n) look-ups. */
  #search(conversationId: ConversationId, messageId: number): number {
    let low = 1
    let high = (this.#lastSeq.get(conversationId)?.lastSeq ?? 0) + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const next = this.#nextFrom.get(conversationId, middle)
      if (!next || next.messageId >= messageId) high = middle
      else low = next.seq + 1
    }
    return low
  }
}

const SEQ_OF = 'SELECT seq FROM messages WHERE id = ? AND conversation_id = ?'

const NEXT_FROM = `
  SELECT seq, id AS messageId FROM messages
  WHERE conversation_id = ? AND is_deleted = 0 AND seq >= ? ORDER BY seq LIMIT 1`

const LAST_SEQ = 'SELECT last_seq AS lastSeq FROM conversations WHERE id = ?'
