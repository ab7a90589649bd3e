import type { DatabaseSync } from 'node:sqlite'
import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { entryOf, firstPlaceOf } from '../search-index.ts'
import {
  type Below,
  type CellHits,
  type CellSearch,
  type Found,
  MAX_SEARCHED,
  type SearchedConversation,
  walk,
} from '../search-walk.ts'
import type { MessageSearch } from '../store.ts'
import { PageFinder } from './page-bounds.ts'
import { prepare } from './statement.ts'

/** A message that is found, without what it says. */
interface FoundPlace {
  readonly messageId: number
  readonly conversationId: ConversationId
  readonly seq: number
}

/** The reads of a search, on the thread for long reads. */
export class SearchReads {
  readonly #pages: PageFinder
  readonly #conversations
  readonly #below
  readonly #hits
  readonly #lastId
  readonly #nextFrom
  readonly #places

  constructor(db: DatabaseSync) {
    this.#pages = new PageFinder(db)
    this.#conversations = prepare<SearchedConversation>(db, CONVERSATIONS)
    this.#below = prepare<NonNullable<Below>>(db, BELOW)
    this.#hits = prepare<{ messageId: number }>(db, HITS)
    this.#lastId = prepare<{ id: number | null }>(db, 'SELECT max(id) AS id FROM messages')
    this.#nextFrom = prepare<{ id: number; sentAt: Micros }>(db, NEXT_FROM)
    this.#places = prepare<FoundPlace>(db, PLACES)
  }

  foundPlaces(search: MessageSearch): Promise<Found<FoundPlace>> {
    return walk(
      {
        conversations: async (wanted) => this.#searchedConversations(wanted),
        hits: async (cells) => this.#cellHits(cells),
        messages: async (ids) => this.#places.all(JSON.stringify(ids)).map((row) => ({ ...row })),
      },
      search,
    )
  }

  #searchedConversations({
    accountId,
    conversationId,
    before,
  }: MessageSearch): readonly SearchedConversation[] {
    const all = this.#conversations.all(accountId, conversationId ?? null, MAX_SEARCHED)
    return all.flatMap((row) => {
      if (row.messageId < before) return [{ ...row }]
      const end = this.#pages.boundsOf({ conversationId: row.conversationId, before, limit: 1 })
      const last = this.#lastBefore(row.conversationId, end.before)
      return last ? [{ ...row, ...last }] : []
    })
  }

  #cellHits({ cells, terms, after, before, limit }: CellSearch): CellHits {
    const words = (cell: (typeof cells)[number]) =>
      terms.map((term) => `"${entryOf(cell, term)}"${term.isPrefix ? ' *' : ''}`).join(' AND ')
    const query = cells.map((cell) => `(${words(cell)})`).join(' OR ')
    const hits = this.#hits.all(query, after, before, limit)
    return {
      messageIds: hits.map(({ messageId }) => messageId),
      below: cells.map((cell) => this.#lastBefore(cell.conversationId, firstPlaceOf(cell))),
    }
  }

  /** In log2(n) look-ups: ids grow with time. */
  idFrom(at: Micros): number {
    let low = 1
    let high = (this.#lastId.get()?.id ?? 0) + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const next = this.#nextFrom.get(middle)
      if (!next || next.sentAt >= at) high = middle
      else low = next.id + 1
    }
    return low
  }

  #lastBefore(conversationId: ConversationId, seq: number): Below {
    const row = seq > 1 ? this.#below.get(conversationId, seq) : undefined
    return row ? { ...row } : null
  }
}

// The newest first; the last message of a conversation is never a deleted one.
const CONVERSATIONS = `
  SELECT c.id AS conversationId, c.first_seq AS firstSeq, t.seq AS seq, t.id AS messageId
  FROM members m JOIN conversations c ON c.id = m.conversation_id JOIN messages t ON t.id = c.last_message_id
  WHERE m.account_id = ?1 AND (?2 IS NULL OR m.conversation_id = ?2)
  ORDER BY t.id DESC LIMIT ?3`

const BELOW = `
  SELECT seq, id AS messageId FROM messages
  WHERE conversation_id = ? AND is_deleted = 0 AND seq < ? ORDER BY seq DESC LIMIT 1`

const HITS = `
  SELECT rowid AS messageId FROM search WHERE search MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`

const PLACES = `
  SELECT t.id AS messageId, t.conversation_id AS conversationId, t.seq AS seq
  FROM json_each(?) g CROSS JOIN messages t ON t.id = g.value WHERE t.is_deleted = 0`

const NEXT_FROM = 'SELECT id, sent_at AS sentAt FROM messages WHERE id >= ? ORDER BY id LIMIT 1'
