import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { KeptHistory, KeptPage, Lease, Purge, Purged, RetentionStore } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresRetention implements RetentionStore {
  readonly #writer: WriteQueue
  readonly #kept
  readonly #keptByOwnRule
  readonly #findWish

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#kept = prepare<KeptHistory>(sql, keptOf('true'))
    this.#keptByOwnRule = prepare<KeptHistory>(
      sql,
      keptOf('(c.retention_days IS NOT NULL OR c.purge_before IS NOT NULL)'),
    )
    this.#findWish = prepare<{ before: Micros | null }>(sql, FIND_WISH)
  }

  purge(purge: Purge): Promise<Purged | null> {
    return this.#writer.write('retention.purge', purge)
  }

  kept({ after, limit, isOwnRule }: KeptPage): Promise<readonly KeptHistory[]> {
    return (isOwnRule ? this.#keptByOwnRule : this.#kept).all(after, limit)
  }

  wish(wish: { conversationId: ConversationId; before: Micros }): Promise<void> {
    return this.#writer.write('retention.wish', wish)
  }

  async findWish(conversationId: ConversationId): Promise<Micros | undefined> {
    return (await this.#findWish.get(conversationId))?.before ?? undefined
  }

  lease(lease: Lease): Promise<boolean> {
    return this.#writer.write('retention.lease', lease)
  }
}

// Its first place always has a message, or a tombstone.
const keptOf = (looked: string): string => `
  SELECT c.id AS "conversationId", c.retention_days AS "retentionDays", c.purge_before AS "purgeBefore", (
    SELECT t.sent_at FROM messages t
    WHERE t.conversation_id = c.id AND t.is_deleted IN (false, true) AND t.seq = c.first_seq) AS "oldestAt"
  FROM conversations c WHERE ${looked} AND c.id > $1 ORDER BY c.id LIMIT $2`

const FIND_WISH = 'SELECT purge_before AS "before" FROM conversations WHERE id = $1'
