import type { ConversationId, MessageDetails } from '../../core/types.ts'
import type { NewPin, Pinned, PinPage, PinStore } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { type AuthoredDetails, authoredDetailsOf, DETAIL_COLUMNS, SENDER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresPins implements PinStore {
  readonly #writer: WriteQueue
  readonly #list

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<AuthoredDetails>(sql, LIST)
  }

  set(pin: NewPin): Promise<Pinned> {
    return this.#writer.write('pins.set', pin)
  }

  async list(conversationId: ConversationId, { before, limit }: PinPage): Promise<readonly MessageDetails[]> {
    const { pinnedAt, seq } = before ?? { pinnedAt: Number.MAX_SAFE_INTEGER, seq: 0 }
    return (await this.#list.all(conversationId, pinnedAt, seq, limit)).map(authoredDetailsOf)
  }
}

const LIST = `
  SELECT ${DETAIL_COLUMNS}, ${SENDER_COLUMNS} FROM messages t JOIN accounts a ON a.id = t.sender_id
  WHERE t.conversation_id = $1 AND t.pinned_at IS NOT NULL AND (t.pinned_at, t.seq) < ($2, $3)
  ORDER BY t.pinned_at DESC, t.seq DESC LIMIT $4`
