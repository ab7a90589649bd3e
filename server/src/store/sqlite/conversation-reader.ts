import type { DatabaseSync } from 'node:sqlite'
import type { Conversation, ConversationId } from '../../core/types.ts'
import type { ReadCache } from './read-cache.ts'
import { CONVERSATION_COLUMNS, conversationOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'

/** Conversations by id, mostly from memory. */
export class ConversationReader {
  readonly #cache: ReadCache
  readonly #find

  constructor(db: DatabaseSync, cache: ReadCache) {
    this.#cache = cache
    this.#find = prepare<Row<Conversation>>(db, FIND)
  }

  /** A copy: the remembered row moves with each send. */
  find(conversationId: ConversationId): Conversation | undefined {
    const row = this.#row(conversationId)
    return row && { ...row }
  }

  lastChange(conversationId: ConversationId): number | undefined {
    return this.#row(conversationId)?.lastChange
  }

  #row(conversationId: ConversationId): Conversation | undefined {
    return this.#cache.conversations.find(conversationId, () => {
      const row = this.#find.get(conversationId)
      return row && conversationOf(row)
    })
  }
}

const FIND = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.id = ?`
