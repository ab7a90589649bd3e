import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId } from '../../core/types.ts'
import type { OwnReaction, Reacted, ReactionStore, Wishes } from '../store.ts'
import { read } from './failure.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteReactions implements ReactionStore {
  readonly #writer: WriteQueue
  readonly #listOwn

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#listOwn = prepare<OwnReaction>(db, LIST_OWN)
  }

  apply(wishes: Wishes): Promise<Reacted> {
    return this.#writer.write('reactions.apply', wishes)
  }

  listOwn(
    accountId: AccountId,
    conversationId: ConversationId,
    { first, last }: { first: number; last: number },
  ): Promise<readonly OwnReaction[]> {
    return read(() =>
      this.#listOwn.all(accountId, conversationId, first, last).map(({ seq, key }) => ({ seq, key })),
    )
  }
}

const LIST_OWN = `
  SELECT seq, key FROM reactions WHERE account_id = ? AND conversation_id = ? AND seq BETWEEN ? AND ?
  ORDER BY seq, at, key`
