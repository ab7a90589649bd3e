import type { DatabaseSync } from 'node:sqlite'
import {
  type AccountId,
  type ConversationId,
  type MessageDetails,
  type MessagePlace,
  toSender,
} from '../../core/types.ts'
import { type DetailRow, detailsOf } from '../message-details.ts'
import type { PinPage } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { BODY, type StoredBody, textOf } from './bodies.ts'
import { read } from './failure.ts'
import { DETAIL_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

type ListedRow = Omit<DetailRow, 'body'> & { readonly stored: StoredBody }

/** Messages and tombstones with all that is kept of them. */
export class DetailsReader {
  readonly #accounts: AccountReader
  readonly #list
  readonly #listReplies
  readonly #listMentions
  readonly #listPinned
  readonly #listGiven

  constructor(db: DatabaseSync, accounts: AccountReader) {
    this.#accounts = accounts
    this.#list = prepare<ListedRow>(db, LIST)
    this.#listReplies = prepare<ListedRow>(db, LIST_REPLIES)
    this.#listMentions = prepare<ListedRow>(db, LIST_MENTIONS)
    this.#listPinned = prepare<ListedRow>(db, LIST_PINNED)
    this.#listGiven = prepare<ListedRow>(db, LIST_GIVEN)
  }

  list(
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly MessageDetails[]> {
    return read(() => {
      // The deleted last: one that is deleted between the two readings is then in both, and its tombstone counts.
      const rows = [0, 1].flatMap((isDeleted) => this.#list.all(conversationId, isDeleted, first, last))
      const bySeq = new Map(rows.map((row) => [row.seq, row]))
      return [...bySeq.values()].sort((one, other) => one.seq - other.seq).map((row) => this.#withSender(row))
    })
  }

  listReplies(
    { conversationId, seq }: MessagePlace,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MessageDetails[]> {
    return read(() =>
      this.#listReplies.all(conversationId, seq, after, limit).map((row) => this.#withSender(row)),
    )
  }

  listMentions(
    accountId: AccountId,
    { before, limit }: { before: number; limit: number },
  ): Promise<readonly MessageDetails[]> {
    return read(() => this.#listMentions.all(accountId, before, limit).map((row) => this.#withSender(row)))
  }

  listPinned(conversationId: ConversationId, { before, limit }: PinPage): Promise<readonly MessageDetails[]> {
    const { pinnedAt, seq } = before ?? { pinnedAt: Number.MAX_SAFE_INTEGER, seq: 0 }
    return read(() =>
      this.#listPinned.all(conversationId, pinnedAt, seq, limit).map((row) => this.#withSender(row)),
    )
  }

  /** Those of these ids that are not deleted, in no particular order. */
  listGiven(ids: readonly number[]): Promise<readonly MessageDetails[]> {
    return read(() => this.#listGiven.all(JSON.stringify(ids)).map((row) => this.#withSender(row)))
  }

  #withSender({ stored, ...row }: ListedRow): MessageDetails {
    const account = this.#accounts.find(row.senderId)
    if (!account) throw new Error('a message without its sender')
    return { ...detailsOf({ ...row, body: textOf(stored) }), sender: toSender(account) }
  }
}

const LIST = `
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored FROM messages t
  WHERE t.conversation_id = ? AND t.is_deleted = ? AND t.seq BETWEEN ? AND ? ORDER BY t.seq`

const LIST_GIVEN = `
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored FROM json_each(?) g CROSS JOIN messages t ON t.id = g.value
  WHERE t.is_deleted = 0`

const LIST_PINNED = `
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored FROM messages t
  WHERE t.conversation_id = ?1 AND t.pinned_at IS NOT NULL AND (t.pinned_at, t.seq) < (?2, ?3)
  ORDER BY t.pinned_at DESC, t.seq DESC LIMIT ?4`

const LIST_REPLIES = `
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored FROM messages t
  WHERE t.conversation_id = ? AND t.thread = ? AND t.seq > ? ORDER BY t.seq LIMIT ?`

// A page of either kind, of which the newest are wanted.
const LIST_MENTIONS = `
  WITH named AS (
    SELECT n.conversation_id, n.seq, n.message_id FROM mentions n
    WHERE n.account_id = ?1 AND n.message_id < ?2 AND EXISTS (
      SELECT 1 FROM members m WHERE m.conversation_id = n.conversation_id AND m.account_id = ?1)
    ORDER BY n.message_id DESC LIMIT ?3
  ), everybody AS (
    SELECT n.conversation_id, n.seq, n.message_id
    -- In this order: those of other conversations are never looked at.
    FROM members m CROSS JOIN mentions n ON n.account_id = 0 AND n.conversation_id = m.conversation_id
    WHERE m.account_id = ?1 AND n.message_id < ?2 ORDER BY n.message_id DESC LIMIT ?3
  )
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored
  FROM (SELECT * FROM named UNION SELECT * FROM everybody) n
  JOIN messages t ON t.conversation_id = n.conversation_id AND t.is_deleted = 0 AND t.seq = n.seq
  ORDER BY n.message_id DESC LIMIT ?3`
