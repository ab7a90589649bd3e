import type { ConversationId } from '../core/types.ts'
import { type Cell, cellOf } from './search-index.ts'
import type { FoundMessages, MessageSearch, SearchTerm } from './store.ts'

/** An engine answers this for a message that is found: the message, or its place. */
interface Item {
  readonly messageId: number
  readonly conversationId: ConversationId
  readonly seq: number
}

/** As `FoundMessages`, in the engine's items. */
export interface Found<Of extends Item> extends Omit<FoundMessages, 'items'> {
  readonly items: readonly Of[]
}

/** One of the account's conversations, up to its newest message that may be found. */
export interface SearchedConversation {
  readonly conversationId: ConversationId
  readonly firstSeq: number
  readonly seq: number
  readonly messageId: number
}

export interface CellSearch {
  readonly cells: readonly Cell[]
  readonly terms: readonly SearchTerm[]
  /** As in `MessageSearch`. */
  readonly after: number
  readonly before: number
  readonly limit: number
}

/** The last message that stands before a cell; null if there is none. */
export type Below = { readonly seq: number; readonly messageId: number } | null

export interface CellHits {
  /** Newest first, at most `limit`. */
  readonly messageIds: readonly number[]
  /** One for each cell. */
  readonly below: readonly Below[]
}

/** How an engine answers the parts of a search. */
export interface SearchReads<Of extends Item> {
  /** With their newest messages before that id, `MAX_SEARCHED` at most, those of the newest messages. */
  conversations(search: MessageSearch): Promise<readonly SearchedConversation[]>
  hits(search: CellSearch): Promise<CellHits>
  /** Those that are not deleted, in any order. */
  messages(ids: readonly number[]): Promise<readonly Of[]>
}

/** Conversations of an account that are searched: those where something happened last. */
export const MAX_SEARCHED = 10_000

/** Cells that are looked at in one query, of the first and of the following ones: a common word needs few. */
const CELLS_AT_ONCE = { first: 4, growth: 4, most: 64 }

/** Cells that are looked at for one page, besides one of each conversation. */
const MOST_CELLS = 2048

interface OpenCell extends Cell {
  /** No message in it, nor in those before it, has a greater id. */
  readonly messageId: number
  readonly firstSeq: number
}

/** Goes through the cells of the account's conversations, always those first that may have the newest messages. */
export async function walk<Of extends Item>(
  reads: SearchReads<Of>,
  search: MessageSearch,
): Promise<Found<Of>> {
  const { terms, after, before, limit } = search
  const conversations = await reads.conversations(search)
  const firstSeqs = new Map(conversations.map(({ conversationId, firstSeq }) => [conversationId, firstSeq]))
  const open = new OpenCells(conversations, after)
  const most = conversations.length + MOST_CELLS
  let found: readonly number[] = []
  let atOnce = CELLS_AT_ONCE.first
  let work = 0
  while (open.newest > 0 && work < most && (found[limit - 1] ?? 0) <= open.newest) {
    const cells = open.take(atOnce)
    const { messageIds, below } = await reads.hits({ cells, terms, after, before, limit: limit + 1 })
    // Hits that a query leaves out are older than a whole page of its own.
    found = [...found, ...messageIds].sort((one, other) => other - one).slice(0, limit + 1)
    open.goOn(cells, below)
    work += cells.length
    atOnce = Math.min(atOnce * CELLS_AT_ONCE.growth, CELLS_AT_ONCE.most)
  }
  const certain = found.filter((id) => id > open.newest).slice(0, limit)
  const messages = certain.length === 0 ? [] : await reads.messages(certain)
  const items = messages
    .filter(({ conversationId, seq }) => seq >= (firstSeqs.get(conversationId) ?? Number.POSITIVE_INFINITY))
    .sort((one, other) => other.messageId - one.messageId)
  return { items, before: nextBefore(found, certain, { limit, newest: open.newest }), work }
}

function nextBefore(
  found: readonly number[],
  certain: readonly number[],
  { limit, newest }: { limit: number; newest: number },
): number | null {
  if (found.length > certain.length && certain.length === limit) return certain.at(-1) ?? null
  return newest > 0 ? newest + 1 : null
}

/** The next cell of each conversation, by the newest message that may be in it. */
class OpenCells {
  readonly #after: number
  /** Newest last. */
  readonly #cells: OpenCell[]

  constructor(conversations: readonly SearchedConversation[], after: number) {
    this.#after = after
    this.#cells = conversations
      .filter(({ messageId }) => messageId > after)
      .map(({ firstSeq, messageId, ...place }) => ({ ...cellOf(place), firstSeq, messageId }))
      .sort((one, other) => one.messageId - other.messageId)
  }

  /** The greatest id that may be in an open cell; 0 when there is none. */
  get newest(): number {
    return this.#cells.at(-1)?.messageId ?? 0
  }

  take(count: number): readonly OpenCell[] {
    return this.#cells.splice(-count)
  }

  /** Opens what is below the cells that were taken. */
  goOn(cells: readonly OpenCell[], below: readonly Below[]): void {
    const next = cells.flatMap(({ conversationId, firstSeq }, i): readonly OpenCell[] => {
      const last = below[i]
      if (!last || last.seq < firstSeq || last.messageId <= this.#after) return []
      return [{ ...cellOf({ conversationId, seq: last.seq }), firstSeq, messageId: last.messageId }]
    })
    if (next.length === 0) return
    this.#cells.push(...next)
    this.#cells.sort((one, other) => one.messageId - other.messageId)
  }
}
