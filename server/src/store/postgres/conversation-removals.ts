import type { ConversationId } from '../../core/types.ts'
import type { ConversationRemovalStore, ConversationStep, Dismissal, Dismissed } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresConversationRemovals implements ConversationRemovalStore {
  readonly #writer: WriteQueue
  readonly #pending

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#pending = prepare<{ conversationId: ConversationId }>(sql, PENDING)
  }

  wish(wish: ConversationStep): Promise<void> {
    return this.#writer.write('conversationRemovals.wish', wish)
  }

  async pending(): Promise<readonly ConversationId[]> {
    return (await this.#pending.all()).map(({ conversationId }) => conversationId)
  }

  begin(step: ConversationStep): Promise<void> {
    return this.#writer.write('conversationRemovals.begin', step)
  }

  dismiss(dismissal: Dismissal): Promise<readonly Dismissed[]> {
    return this.#writer.write('conversationRemovals.dismiss', dismissal)
  }

  finish(step: ConversationStep): Promise<void> {
    return this.#writer.write('conversationRemovals.finish', step)
  }
}

const PENDING =
  'SELECT conversation_id AS "conversationId" FROM conversation_removals ORDER BY conversation_id'
