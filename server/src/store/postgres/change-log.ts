import type { AccountId, ConversationId } from '../../core/types.ts'
import { type ChangeRow, type LogExtent, merged, TELLS_MESSAGE } from '../logged-changes.ts'
import type { ChangeStore, LoggedChange } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { type AuthoredDetails, authoredDetailsOf, DETAIL_COLUMNS, SENDER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

type LoggedRow = Omit<ChangeRow, 'message'>
type SentRow = AuthoredDetails & { readonly change: number; readonly isDeleted: boolean }

export class PostgresChanges implements ChangeStore {
  readonly #last
  readonly #joining
  readonly #extent
  readonly #sent
  readonly #others
  readonly #find

  constructor(sql: Queryable) {
    this.#last = prepare<{ conversationId: ConversationId; lastChange: number }>(sql, LAST)
    this.#joining = prepare<{ conversationId: ConversationId; change: number }>(sql, JOINING)
    this.#extent = prepare<LogExtent>(sql, EXTENT)
    this.#sent = prepare<SentRow>(sql, SENT)
    this.#others = prepare<LoggedRow>(sql, OTHERS)
    this.#find = prepare<AuthoredDetails>(sql, FIND)
  }

  async last(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>> {
    const rows = await this.#last.all(conversationIds)
    return new Map(rows.map(({ conversationId, lastChange }) => [conversationId, lastChange]))
  }

  async joining(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, number>> {
    const rows = await this.#joining.all(accountId, conversationIds)
    return new Map(rows.map(({ conversationId, change }) => [conversationId, change]))
  }

  async since(
    conversationId: ConversationId,
    after: number,
    limit: number,
  ): Promise<readonly LoggedChange[]> {
    const extent = await this.#extent.get(conversationId, after)
    if (!extent) return []
    const [sent, others] = await Promise.all([
      this.#sent.all(conversationId, extent.seq, limit),
      this.#others.all(conversationId, after, limit),
    ])
    const messages = sent.map(({ change, isDeleted, ...row }) => ({
      change,
      message: isDeleted ? undefined : authoredDetailsOf(row),
    }))
    return merged(after, { sent: messages, others: await this.#withMessages(others), extent }, limit)
  }

  async #withMessages(rows: readonly LoggedRow[]): Promise<readonly ChangeRow[]> {
    const ids = rows.flatMap(({ kind, messageId }) =>
      TELLS_MESSAGE.has(kind) && messageId !== null ? [messageId] : [],
    )
    const found = ids.length === 0 ? [] : await this.#find.all(ids)
    const messages = new Map(found.map((row) => [row.messageId, authoredDetailsOf(row)]))
    return rows.map((row) => ({
      ...row,
      message:
        TELLS_MESSAGE.has(row.kind) && row.messageId !== null ? messages.get(row.messageId) : undefined,
    }))
  }
}

const LAST = `
  SELECT c.id AS "conversationId", c.last_change AS "lastChange" FROM conversations c WHERE c.id = ANY ($1)`

/** A member without a joining was there from the beginning. */
const JOINING = `
  SELECT m.conversation_id AS "conversationId", coalesce((
    SELECT max(h.change) FROM changes h
    WHERE h.conversation_id = m.conversation_id AND h.kind = 'joined' AND h.account_id = $1), 1) AS "change"
  FROM members m WHERE m.account_id = $1 AND m.conversation_id = ANY ($2)`

/** The last message up to a change is found by its seq: see the table of changes. */
const EXTENT = `
  SELECT c.first_seq AS "firstSeq", c.last_change AS "lastChange", coalesce((
    SELECT h.last_seq + $2 - h.change FROM changes h
    WHERE h.conversation_id = c.id AND h.change <= $2 ORDER BY h.change DESC LIMIT 1), 0) AS "seq"
  FROM conversations c WHERE c.id = $1`

const SENT = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS}, t.change AS "change", t.is_deleted AS "isDeleted"
  FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = $1 AND t.is_deleted IN (false, true) AND t.seq > $2
  ORDER BY t.seq LIMIT $3`

const FIND = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.id = ANY ($1) AND NOT t.is_deleted`

const OTHERS = `
  SELECT h.change AS "change", h.kind AS "kind", h.account_id AS "accountId", h.message_id AS "messageId",
    (SELECT t.seq FROM messages t WHERE t.id = h.message_id) AS "seq", h.at AS "at", h.data AS "data"
  FROM changes h WHERE h.conversation_id = $1 AND h.change > $2 ORDER BY h.change LIMIT $3`
