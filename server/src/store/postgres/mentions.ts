import type { AccountId, ConversationId, MessageDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { MentionStore } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { type AuthoredDetails, authoredDetailsOf, DETAIL_COLUMNS, SENDER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

export class PostgresMentions implements MentionStore {
  readonly #list
  readonly #lastOfAll

  constructor(sql: Queryable) {
    this.#list = prepare<AuthoredDetails>(sql, LIST)
    this.#lastOfAll = prepare<{ sentAt: Micros }>(sql, LAST_OF_ALL)
  }

  async list(
    accountId: AccountId,
    { before, limit }: { before: number; limit: number },
  ): Promise<readonly MessageDetails[]> {
    return (await this.#list.all(accountId, before, limit)).map(authoredDetailsOf)
  }

  async lastOfAll(conversationId: ConversationId): Promise<Micros | undefined> {
    return (await this.#lastOfAll.get(conversationId))?.sentAt
  }
}

// A page of either kind, of which the newest are wanted.
const LIST = `
  WITH named AS (
    SELECT n.conversation_id, n.seq, n.message_id FROM mentions n
    WHERE n.account_id = $1 AND n.message_id < $2 AND EXISTS (
      SELECT FROM members m WHERE m.conversation_id = n.conversation_id AND m.account_id = $1)
    ORDER BY n.message_id DESC LIMIT $3
  ), everybody AS (
    SELECT n.conversation_id, n.seq, n.message_id
    FROM members m JOIN mentions n ON n.account_id = 0 AND n.conversation_id = m.conversation_id
    WHERE m.account_id = $1 AND n.message_id < $2 ORDER BY n.message_id DESC LIMIT $3
  )
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS}
  FROM (SELECT * FROM named UNION SELECT * FROM everybody) n
  JOIN messages t ON t.conversation_id = n.conversation_id AND NOT t.is_deleted AND t.seq = n.seq
  JOIN accounts a ON a.id = t.sender_id
  ORDER BY n.message_id DESC LIMIT $3`

const LAST_OF_ALL = `
  SELECT t.sent_at AS "sentAt" FROM mentions n JOIN messages t
    ON t.conversation_id = n.conversation_id AND NOT t.is_deleted AND t.seq = n.seq
  WHERE n.account_id = 0 AND n.conversation_id = $1 ORDER BY n.seq DESC LIMIT 1`
