import type { MessageDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { entryOf, firstPlaceOf } from '../search-index.ts'
import {
  type Below,
  type CellHits,
  type CellSearch,
  MAX_SEARCHED,
  type SearchedConversation,
  type SearchReads,
  walk,
} from '../search-walk.ts'
import type { FoundMessages, MessageSearch, SearchStore } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { type AuthoredDetails, authoredDetailsOf, DETAIL_COLUMNS, SENDER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

export class PostgresSearch implements SearchStore {
  readonly #conversations
  readonly #hits
  readonly #below
  readonly #messages
  readonly #idFrom
  readonly #position
  readonly #reads: SearchReads<MessageDetails>

  constructor(sql: Queryable) {
    this.#conversations = prepare<SearchedConversation>(sql, CONVERSATIONS)
    this.#hits = prepare<{ id: number }>(sql, HITS)
    this.#below = prepare<{ n: number; seq: number; messageId: number }>(sql, BELOW)
    this.#messages = prepare<AuthoredDetails>(sql, MESSAGES)
    this.#idFrom = prepare<{ id: number }>(sql, 'SELECT chat_id_from($1::bigint) AS id')
    this.#position = prepare<{ messageId: number }>(sql, SEARCH_POSITION)
    this.#reads = {
      conversations: ({ accountId, conversationId, before }) =>
        this.#conversations.all(accountId, conversationId ?? null, before, MAX_SEARCHED),
      hits: (cells) => this.#hitsIn(cells),
      messages: async (ids) => (await this.#messages.all(ids)).map(authoredDetailsOf),
    }
  }

  find(search: MessageSearch): Promise<FoundMessages> {
    return walk(this.#reads, search)
  }

  async idFrom(at: Micros): Promise<number> {
    return (await this.#idFrom.get(at))?.id ?? 1
  }

  async indexedUpTo(): Promise<number> {
    return (await this.#position.get())?.messageId ?? 0
  }

  async #hitsIn({ cells, terms, after, before, limit }: CellSearch): Promise<CellHits> {
    const words = (cell: (typeof cells)[number]) =>
      terms.map((term) => `'${entryOf(cell, term)}'${term.isPrefix ? ':*' : ''}`).join(' & ')
    const query = cells.map((cell) => `(${words(cell)})`).join(' | ')
    const [hits, rows] = await Promise.all([
      this.#hits.all(query, after, before, limit),
      this.#below.all(
        cells.map(({ conversationId }) => conversationId),
        cells.map(firstPlaceOf),
      ),
    ])
    const below: Below[] = cells.map(() => null)
    for (const { n, ...place } of rows) below[n - 1] = place
    return { messageIds: hits.map(({ id }) => id), below }
  }
}

// The newest first; the last message of a conversation is never a deleted one.
const CONVERSATIONS = `
  SELECT c.id AS "conversationId", c.first_seq AS "firstSeq", l.seq AS "seq", l.id AS "messageId"
  FROM members m JOIN conversations c ON c.id = m.conversation_id CROSS JOIN LATERAL (
    SELECT t.id, t.seq FROM messages t
    WHERE t.conversation_id = c.id AND NOT t.is_deleted
      AND t.seq < CASE WHEN c.last_message_id < $3 THEN c.last_seq + 1 ELSE chat_seq_from(c.id, $3) END
    ORDER BY t.seq DESC LIMIT 1) l
  WHERE m.account_id = $1 AND ($2::bigint IS NULL OR m.conversation_id = $2)
  ORDER BY c.last_message_id DESC LIMIT $4`

const HITS = 'SELECT h.id AS "id" FROM chat_search_hits($1, $2, $3, $4) h'

const BELOW = `
  SELECT c.n::int AS "n", l.seq AS "seq", l.id AS "messageId"
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS c (conversation, place, n) CROSS JOIN LATERAL (
    SELECT t.id, t.seq FROM messages t
    WHERE t.conversation_id = c.conversation AND NOT t.is_deleted AND t.seq < c.place
    ORDER BY t.seq DESC LIMIT 1) l`

const MESSAGES = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.id = ANY ($1::bigint[]) AND NOT t.is_deleted`

const SEARCH_POSITION = 'SELECT message_id AS "messageId" FROM search_position'
