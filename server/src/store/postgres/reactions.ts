import type { AccountId, ConversationId } from '../../core/types.ts'
import type { OwnReaction, Reacted, ReactionStore, Wishes } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresReactions implements ReactionStore {
  readonly #writer: WriteQueue
  readonly #listOwn

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#listOwn = prepare<OwnReaction>(sql, LIST_OWN)
  }

  apply(wishes: Wishes): Promise<Reacted> {
    return this.#writer.write('reactions.apply', wishes)
  }

  listOwn(
    accountId: AccountId,
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly OwnReaction[]> {
    return this.#listOwn.all(accountId, conversationId, first, last)
  }
}

const LIST_OWN = `
  SELECT seq AS "seq", key AS "key" FROM reactions
  WHERE account_id = $1 AND conversation_id = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq, at, key`
